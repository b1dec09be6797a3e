#!/bin/sh
# Preview, review, up. Without APPROVED=yes it ends after the review, and nothing is written.
set -eu
cd "$(dirname "$0")"
stack=${STACK:-production}
review=$PWD/review.md

# what a review decides: which hashes are added, which removed
decisions() { grep -E '^\| (added|removed) ' "$1" | cut -d '|' -f 2,3; }

REVIEW_FILE=$review.new pulumi preview --stack "$stack" --non-interactive
head -n 1 "$review.new"

if [ "${APPROVED:-}" != yes ]; then
  mv "$review.new" "$review"
  echo "Nothing was written. Read $review, then run this again with APPROVED=yes."
  exit 0
fi
# what was approved stays what it is, so that no second try approves what nobody has read
reviewed=$(test ! -f "$review" || decisions "$review")
if [ "$reviewed" != "$(decisions "$review.new")" ]; then
  echo "Nothing was written: other hashes change than those in the review that was approved. Read $review.new." >&2
  exit 1
fi
mv "$review.new" "$review"

# what was written comes from another read wherever the cache of the first is over
applied=$PWD/applied.md
REVIEW_FILE=$applied pulumi up --stack "$stack" --non-interactive --yes --skip-preview
if [ "$reviewed" != "$(decisions "$applied")" ]; then
  echo "The policy that was written is not the one that was approved: restore it, and read $applied." >&2
  exit 1
fi
rm "$applied"

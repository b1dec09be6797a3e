#!/bin/sh
# Reads, makes the policy, says what changes. Exit code 2: more hashes would be added than MAX_ADDED, so a person has to look.
# Only with APPLY=yes the policy in policy/ is replaced.
set -eu
cd "$(dirname "$0")"
hss=${HSS:-hss}
inforce=policy/whitelist.json
mkdir -p policy build
[ -f "$inforce" ] || : > "$inforce"
rm -f build/review.md

# one read for all that follows; an incomplete one ends here with exit code 3
$hss observed --out build/observation.json

# what is in force stays until something speaks against it
made() { $hss policy --from build/observation.json --rule rule.yaml --before "$inforce" --format "$1" --out "$2"; }
made json build/whitelist.json

# the review is written first, then the gate is looked at
$hss diff "$inforce" build/whitelist.json --out build/review.md --max-added "${MAX_ADDED:-20}"

[ "${APPLY:-}" = yes ] || exit 0
made fapolicyd build/35-hss-whitelist.rules
mv build/35-hss-whitelist.rules policy/
mv build/whitelist.json "$inforce"

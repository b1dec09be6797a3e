// Command sdks writes the SDKs of other languages that Pulumi's own generators make from a schema.
//
//	sdks <schema.json> <directory>
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file, directory string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	languages := map[string]schema.Language{"python": python.Importer, "go": gogen.Importer}
	bound, err := schema.ImportSpec(spec, languages, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	const tool = "the pulumi-hss project"
	files, err := python.GeneratePackage(tool, bound, nil, nil)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(directory, "python"), files); err != nil {
		return err
	}
	files, err = gogen.GeneratePackage(tool, bound, nil)
	if err != nil {
		return err
	}
	return write(filepath.Join(directory, "go"), files)
}

func write(directory string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(directory, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Command sdks writes the SDKs of other languages that Pulumi's own generators make from a schema.
//
//	sdks <schema.json> <directory> [language...]
//
// Without a language: those that are committed. What it writes is what `pulumi package gen-sdk` does with a host of the language.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	languages := os.Args[3:]
	if len(languages) == 0 {
		languages = []string{"python", "go"}
	}
	if err := run(os.Args[1], os.Args[2], languages); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const tool = "the pulumi-hss project"

var generators = map[string]func(*schema.Package) (map[string][]byte, error){
	"python": func(bound *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage(tool, bound, nil, nil)
	},
	"go": func(bound *schema.Package) (map[string][]byte, error) {
		return gogen.GeneratePackage(tool, bound, nil)
	},
	"nodejs": func(bound *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage(tool, bound, nil, nil, false, nil)
	},
}

func run(file, directory string, languages []string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	importers := map[string]schema.Language{"python": python.Importer, "go": gogen.Importer, "nodejs": nodejs.Importer}
	bound, err := schema.ImportSpec(spec, importers, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	for _, language := range languages {
		generate, ok := generators[language]
		if !ok {
			return fmt.Errorf("no generator for %s", language)
		}
		files, err := generate(bound)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(directory, language), files); err != nil {
			return err
		}
	}
	return nil
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

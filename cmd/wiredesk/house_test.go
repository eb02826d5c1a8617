package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/wiredesk/wiredesk"

// edges is the import graph of DESIGN section 3. A package not listed here, or
// an edge not listed here, needs a new noun and a decision.
var edges = map[string][]string{
	"config":           {},
	"feeds":            {},
	"feeds/words":      {},
	"feeds/fetch":      {},
	"feeds/clean":      {"feeds", "feeds/words"},
	"aggregator/topic": {"config", "feeds", "feeds/words"},
	"aggregator/story": {"feeds", "feeds/words"},
	"aggregator":       {"aggregator/story", "aggregator/topic", "config", "feeds", "feeds/clean", "feeds/fetch", "feeds/words"},
	"store":            {"aggregator", "aggregator/story", "aggregator/topic", "config", "feeds", "feeds/words"},
	"aggregator/web":   {"aggregator", "aggregator/topic", "config", "feeds", "feeds/words"},
	"cmd/wiredesk":     {"aggregator", "aggregator/story", "aggregator/topic", "aggregator/web", "config", "feeds", "feeds/fetch", "feeds/words", "store"},
}

func TestImportsGoDownOnly(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		err := dec.Decode(&pkg)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		seen++
		checkEdges(t, strings.TrimPrefix(pkg.ImportPath, module+"/"), pkg.Imports)
	}
	if seen != len(edges) {
		t.Errorf("%d packages, the graph has %d", seen, len(edges))
	}
}

func checkEdges(t *testing.T, pkg string, imports []string) {
	t.Helper()
	allowed, ok := edges[pkg]
	if !ok {
		t.Errorf("package %s is not in the graph", pkg)
		return
	}
	for _, imp := range imports {
		to, ours := strings.CutPrefix(imp, module+"/")
		if ours && !slices.Contains(allowed, to) {
			t.Errorf("%s imports %s: not an edge of the graph", pkg, to)
		}
	}
}

// sourceFiles parses every Go file of the project.
func sourceFiles(t *testing.T, visit func(path string, fset *token.FileSet, f *ast.File)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		visit(path, fset, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// maxLines is the length no function passes; table literals do not count.
const maxLines = 60

func TestFunctionsStayShort(t *testing.T) {
	sourceFiles(t, func(path string, fset *token.FileSet, f *ast.File) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := lines(fset, fn) - tables(fset, fn); n > maxLines {
				t.Errorf("%s: %s has %d lines, at most %d", path, fn.Name.Name, n, maxLines)
			}
		}
	})
}

func lines(fset *token.FileSet, n ast.Node) int {
	return fset.Position(n.End()).Line - fset.Position(n.Pos()).Line + 1
}

// tables counts the lines of the outermost composite literals in fn.
func tables(fset *token.FileSet, fn *ast.FuncDecl) (n int) {
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		lit, ok := node.(*ast.CompositeLit)
		if ok {
			n += lines(fset, lit) - 1
		}
		return !ok
	})
	return n
}

func TestExportedNamesAndPackagesAreDocumented(t *testing.T) {
	packages := map[string]bool{} // directory → has a package doc
	sourceFiles(t, func(path string, fset *token.FileSet, f *ast.File) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		dir := filepath.Dir(path)
		packages[dir] = packages[dir] || f.Doc != nil
		for _, d := range f.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no doc comment", path, name)
			}
		}
	})
	for dir, ok := range packages {
		if !ok {
			t.Errorf("package %s has no doc", dir)
		}
	}
}

// undocumented lists the exported names of a declaration without a comment.
func undocumented(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) && !wellKnown[d.Name.Name] {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					names = append(names, s.Names[0].Name)
				}
			}
		}
	}
	return names
}

// wellKnown methods say what they do by their interface.
var wellKnown = map[string]bool{"Error": true, "Unwrap": true, "Close": true, "String": true}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

package cli

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// skeleton is the workspace that init writes; TEAM stands for the team's name.
//
//go:embed skeleton
var skeleton embed.FS

// skeletonNames maps files that could not be embedded under their real name.
var skeletonNames = map[string]string{"gitattributes": ".gitattributes"}

func newInit(app *App) *cobra.Command {
	team, format := "product", "text"
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Lay out a workspace with a first contract",
		Long: `Writes evctl.yaml, a first event with a shared definition, and .gitattributes
into FOLDER (default: the current one). The result lints clean. Files that exist
are never overwritten: if one of them is in the way, nothing is written.`,
		Example: "  evctl init contracts-repo --team checkout",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !teamName.MatchString(team) {
				return usagef("team %q is not a short name, expected lower-case letters, digits, - and _", team)
			}
			if format != "text" && format != "json" {
				return usagef("--format is %q, expected text or json", format)
			}
			folder := app.Dir
			if len(args) > 0 {
				folder = app.path(args[0])
			}
			return initWorkspace(app, folder, team, format)
		},
	}
	cmd.Flags().StringVar(&team, "team", team, "short `name` of the team that owns the first event")
	cmd.Flags().StringVar(&format, "format", format, "text or json")
	return cmd
}

var teamName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// initDocument is the output of evctl init --format json. Members are only ever added.
type initDocument struct {
	Files []initFile `json:"files"` // in the order in which they were written
}

// initFile is a file that was written.
type initFile struct {
	Path string `json:"path"` // as the folder was named
}

func initWorkspace(app *App, folder, team, format string) error {
	files, err := skeletonFiles(team)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(folder, f.path)); !errors.Is(err, fs.ErrNotExist) {
			return withHint(fmt.Errorf("%s exists already, nothing was written", filepath.Join(folder, f.path)),
				"move it away, or choose another folder: evctl init FOLDER")
		}
	}
	var document initDocument
	for _, f := range files {
		path := filepath.Join(folder, f.path)
		if err := writeNew(path, f.text); err != nil {
			return fmt.Errorf("write workspace: %w", err)
		}
		document.Files = append(document.Files, initFile{filepath.ToSlash(path)})
	}
	if format == "json" {
		return writeJSON(app.Stdout, document)
	}
	for _, f := range document.Files {
		fmt.Fprintf(app.Stdout, "wrote %s\n", f.Path)
	}
	_, err = fmt.Fprint(app.Stdout, "\nNext: evctl lint, then evctl generate, then evctl push and commit releases/.\n")
	return err
}

type skeletonFile struct{ path, text string }

func skeletonFiles(team string) ([]skeletonFile, error) {
	var files []skeletonFile
	err := fs.WalkDir(skeleton, "skeleton", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := skeleton.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, "skeleton/")
		if real, ok := skeletonNames[name]; ok {
			name = real
		}
		files = append(files, skeletonFile{filepath.FromSlash(name), strings.ReplaceAll(string(data), "TEAM", team)})
		return nil
	})
	return files, err
}

// writeNew writes a file that must not exist yet.
func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

package client_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evctl/evctl/registry/client"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func blocks(text, language string) []string {
	var list []string
	for _, found := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		list = append(list, found[1])
	}
	return list
}

// TestReadme_ItsCodeCompiles builds a program of all Go in it, which is never in the tree.
func TestReadme_ItsCodeCompiles(t *testing.T) {
	code := blocks(readme(t), "go")
	if len(code) != 2 {
		t.Fatalf("README has %d blocks of Go, expected 2", len(code))
	}
	program := `package main

import (
	"context"
	"crypto/ed25519"
	"log"
	"net/http"
	"os"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

func store(context.Context, []client.Event) error { return nil }

func main() {
	ctx := context.Background()
` + code[0] + `}

func keys() []ed25519.PublicKey {
` + code[1] + `	return keys
}

var _ = keys
`
	folder := t.TempDir()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "main.go")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(here, "readme", "main.go"): file}})
	if err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{file: []byte(program), filepath.Join(folder, "overlay.json"): overlay} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("go", "build", "-overlay", filepath.Join(folder, "overlay.json"), "-o", filepath.Join(folder, "program"), "./readme").CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestReadme_ItsAnswerIsARealOne compares the answer shown with one of the handler.
func TestReadme_ItsAnswerIsARealOne(t *testing.T) {
	f := start(t, orderV1)
	var k keptEvents
	post := collect(t, client.Handler(f.open(client.Options{}), k.sink))
	_, text := post([]byte("[" + good + "," + bad + "]"))
	shown := blocks(readme(t), "json")
	if len(shown) != 1 {
		t.Fatalf("README has %d blocks of JSON, expected 1", len(shown))
	}
	if diff := cmp.Diff(text, strings.ReplaceAll(shown[0], "\n {", "{")); diff != "" {
		t.Errorf("the answer differs (-real +shown):\n%s", diff)
	}
}

// TestReadme_ItsMessagesAndNumbersAreReal finds each message of the table of checks among
// the faults, and the defaults where they are told.
func TestReadme_ItsMessagesAndNumbersAreReal(t *testing.T) {
	text := readme(t)
	var known strings.Builder
	for _, fault := range faults(t, start(t, cartV1, orderV1).body()) {
		known.WriteString(fault.want + "\n")
	}
	known.WriteString("the answer of the registry cannot be read\nbundle is not signed\nbundle has no good signature\n") // other tests
	_, table, _ := strings.Cut(text, "| check | otherwise |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	messages := regexp.MustCompile("`([a-z][^`]*?)( …)?`").FindAllStringSubmatch(table, -1)
	if len(messages) < 8 {
		t.Fatalf("found %d messages in the table of checks", len(messages))
	}
	for _, m := range messages {
		if message := strings.TrimSuffix(m[1], " …"); !strings.Contains(known.String(), message) {
			t.Errorf("no fault says %q", message)
		}
	}
	for _, want := range []string{
		fmt.Sprintf("(%d MiB), and the number of events (%d,000)", client.DefaultMaxBody>>20, client.DefaultMaxEvents/1000),
		fmt.Sprintf("at most %d violations", client.ShownOfEvent), fmt.Sprintf("of an answer %d,000;", client.ShownOfAnswer/1000),
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("README does not say %q", want)
		}
	}
}

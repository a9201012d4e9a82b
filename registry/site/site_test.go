package site_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/contracts/document"
	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
	"github.com/evctl/evctl/registry/remote"
	"github.com/evctl/evctl/registry/site"
	"github.com/evctl/evctl/registry/storetest"
)

// published releases one version of each name.
func published(t testing.TB, names ...string) []registry.Published {
	t.Helper()
	slices.Sort(names)
	var all []registry.Published
	for _, name := range slices.Compact(names) {
		for _, version := range []string{"1.0.0", "1.1.0"} {
			text := "event: " + document.Quote(name) + "\nversion: " + version + "\n"
			r, err := registry.NewRecord("x", storetest.Parse(t, text), time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), []byte(`{}`), []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			p, err := r.Publish()
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	return all
}

func write(t testing.TB, folder string, all []registry.Published, opt site.Options) *site.Report {
	t.Helper()
	r, err := site.Write(context.Background(), folder, all, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files lists the files of a folder with slashes.
func files(t testing.TB, folder string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(folder, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWrite_GivesEventsTheirPlainNamesWhereThatCanBe(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, published(t, "order.completed", "Order Completed", "order completed", "acme/cart", "Acme/Kauf", "..", "con", "a:b", "x.json", "a/1.0.0.json", "100%"), site.Options{})
	var got []string
	for _, f := range files(t, folder) {
		if strings.HasSuffix(f, "/1.1.0.json") {
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(f, "v1/events/"), "/1.1.0.json"))
		}
	}
	want := []string{
		"%2E%2E", "%4Frder%20%43ompleted", "%63on", "100%25", "Acme/Kauf", "a%2F1.0.0.json", "a%3Ab", "acme/cart", "order completed", "order.completed", "x.json",
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
}

// TestWrite_OnAnyWebServerIsARegistry reads a site with the store and with the client,
// from a server that knows nothing of registries.
func TestWrite_OnAnyWebServerIsARegistry(t *testing.T) {
	folder := t.TempDir()
	all := published(t, storetest.Names...)
	write(t, folder, all, site.Options{})
	server := httptest.NewServer(http.FileServer(http.Dir(folder)))
	defer server.Close()
	plain := &http.Client{Transport: &http.Transport{}}
	defer plain.CloseIdleConnections()
	store, err := remote.Open(t.Context(), server.URL, remote.Options{Client: plain})
	if err != nil {
		t.Fatal(err)
	}
	got, err := registry.PublishAll(t.Context(), store)
	if diff := cmp.Diff(all, got); diff != "" || err != nil {
		t.Errorf("releases (-want +got): %v\n%s", err, diff)
	}
	for _, p := range all[:4] { // few enough that none comes from the bundle
		fresh, err := remote.Open(t.Context(), server.URL, remote.Options{Client: plain})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := fresh.Get(t.Context(), p.Event, p.Version); err != nil || r.Digest != p.Digest {
			t.Errorf("Get(%q, %s): %v", p.Event, p.Version, err)
		}
	}
	for _, location := range []string{server.URL, folder} {
		c, err := client.Open(context.Background(), location, client.Options{HTTP: plain})
		if err != nil || c.Status().Versions != len(all) {
			t.Fatalf("%s: %v", location, err)
		}
	}
}

// TestWrite_EveryPathOfTheIndexLeadsToItsRelease asks a web server for each of them.
func TestWrite_EveryPathOfTheIndexLeadsToItsRelease(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, published(t, append(slices.Clone(storetest.Names), "Order Completed", "order completed", "a//b", "/x", "a/./b", "ü/Ü", "a\\b")...), site.Options{})
	data, err := os.ReadFile(filepath.Join(folder, "v1", "events.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index registry.Index
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	handler := http.FileServer(http.Dir(folder))
	for _, e := range index.Events {
		for _, v := range append(e.Versions, registry.IndexVersion{Version: e.Latest, Path: strings.Replace(e.Versions[1].Path, "1.1.0.json", "latest.json", 1)}) {
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/v1/"+v.Path, nil))
			head, err := registry.Peek(recorder.Body.Bytes())
			if err != nil || head.Event != e.Event || head.Version != v.Version {
				t.Errorf("%s is %d %+v, %v, want %q %s", v.Path, recorder.Code, head, err, e.Event, v.Version)
			}
		}
	}
}

func TestWrite_LeavesAloneWhatWouldNotChange(t *testing.T) {
	folder := t.TempDir()
	all := published(t, "a.b", "c.d")
	first := write(t, folder, all[:3], site.Options{})
	if n := first.Count(site.Written); n != 7 || len(first.Files) != 7 {
		t.Errorf("%d of %d files were written, want 7", n, len(first.Files))
	}
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, f := range files(t, folder) {
		if err := os.Chtimes(filepath.Join(folder, f), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if again := write(t, folder, all[:3], site.Options{}); again.Count(site.Unchanged) != 7 || again.Digest != first.Digest {
		t.Errorf("the second time: %+v", again)
	}
	if err := os.WriteFile(filepath.Join(folder, "index.html"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, folder, all, site.Options{})
	var touched []string
	for _, f := range files(t, folder) {
		info, err := os.Stat(filepath.Join(folder, f))
		if err != nil {
			t.Fatal(err)
		}
		if !info.ModTime().Equal(old) {
			touched = append(touched, f)
		}
	}
	want := []string{"index.html", "v1/bundle.json", "v1/events/c.d/1.1.0.json", "v1/events/c.d/latest.json", "v1/events.json"}
	slices.Sort(want)
	slices.Sort(touched)
	if diff := cmp.Diff(want, touched); diff != "" {
		t.Errorf("touched files (-want +got):\n%s", diff)
	}
}

func TestWrite_MendsWhatIsDamaged(t *testing.T) {
	folder := t.TempDir()
	all := published(t, "a.b")
	write(t, folder, all, site.Options{})
	bundle := filepath.Join(folder, "v1", "bundle.json")
	right, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bundle, []byte(strings.Repeat("x", len(right))), 0o644); err != nil {
		t.Fatal(err)
	}
	write(t, folder, all, site.Options{})
	if now, err := os.ReadFile(bundle); err != nil || string(now) != string(right) {
		t.Errorf("the bundle is %.40q, %v", now, err)
	}
}

func TestWrite_SignsAndPacksTheBundle(t *testing.T) {
	private, public, err := registry.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := registry.ParsePrivateKeys(private)
	if err != nil {
		t.Fatal(err)
	}
	open, err := registry.ParsePublicKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	r := write(t, folder, published(t, "a.b"), site.Options{SignKeys: secret, Compress: true})
	c, err := client.Open(t.Context(), folder, client.Options{PublicKeys: open})
	if err != nil || c.Status().SignedBy != registry.KeyID(open[0]) || c.Status().Digest != r.Digest {
		t.Fatalf("client: %v", err)
	}
	right, err := os.ReadFile(filepath.Join(folder, "v1", "bundle.json"))
	if err != nil {
		t.Fatal(err)
	}
	for suffix, unpack := range map[string]func(*os.File) ([]byte, error){
		".gz": func(f *os.File) ([]byte, error) {
			z, err := gzip.NewReader(f)
			if err != nil {
				return nil, err
			}
			return io.ReadAll(z)
		},
		".zst": func(f *os.File) ([]byte, error) {
			z, err := zstd.NewReader(f)
			if err != nil {
				return nil, err
			}
			defer z.Close()
			return io.ReadAll(z)
		},
	} {
		f, err := os.Open(filepath.Join(folder, "v1", "bundle.json"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		data, err := unpack(f)
		f.Close()
		if err != nil || string(data) != string(right) {
			t.Errorf("%s: %v", suffix, err)
		}
	}
}

func TestWrite_LeavesNothingBehindAndRemovesWhatOthersLeft(t *testing.T) {
	folder := t.TempDir()
	all := published(t, "a.b")
	for name, age := range map[string]time.Duration{".evctl-export-1": 2 * time.Hour, ".evctl-export-2": 0} {
		path := filepath.Join(folder, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if at := time.Now().Add(-age); os.Chtimes(path, at, at) != nil {
			t.Fatal("times cannot be set")
		}
	}
	write(t, folder, all, site.Options{})
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff([]string{".evctl-export-2", "v1"}, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	// A folder in the place of a file cannot be replaced, and the error says which.
	bundle := filepath.Join(folder, "v1", "bundle.json")
	if err := os.Remove(bundle); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(bundle, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := site.Write(context.Background(), folder, all, site.Options{}); err == nil || !strings.Contains(err.Error(), bundle) {
		t.Errorf("error is %v, want one about %s", err, bundle)
	}
}

func TestWrite_EndsWithItsContext(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, published(t, "a.b"), site.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := site.Write(ctx, folder, published(t, "a.b", "c.d"), site.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want that it was cancelled", err)
	}
	if got := files(t, folder); len(got) != 5 {
		t.Errorf("files are %v, want those from before", got)
	}
}

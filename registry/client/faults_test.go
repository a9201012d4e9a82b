package client_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/evctl/evctl/registry"
	"github.com/evctl/evctl/registry/client"
)

// fault is what a registry may do to its collectors.
type fault struct {
	name    string
	between func(w http.ResponseWriter, r *http.Request, next http.Handler)
	want    string // in the error
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t testing.TB, data []byte, opts ...zstd.EOption) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return e.EncodeAll(data, nil)
}

// faults are applied to a server whose good bundle is this one.
func faults(t testing.TB, bundle []byte) []fault {
	big := bundleOf(t, orderV1, "event: big\nversion: 1.0.0\ndescription: "+strings.Repeat("x", 200_000)+"\n")
	broken := sealedBundle(`"releases":[` + string(release(t, `{"event":"a.b","version":"1.0.0","contract_digest":"x","released":"2026-11-20T12:00:00Z","contract":{"event":"a.b","version":"1.0.0","type":"nothing"},"schema":{},"protobuf":{}}`)) + `]`)
	stranger := sealedBundle(`"releases":[` + string(release(t, `{"event":"a.b","version":"1.0.0","contract_digest":"x","released":"2026-11-20T12:00:00Z","contract":{"event":"c.d","version":"1.0.0"},"schema":{},"protobuf":{}}`)) + `]`)
	one := string(releaseOf(t, bundle))
	return []fault{
		{"refuses connections", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { hangUp(t, w, "") }, "the registry cannot be reached"},
		{"answers 500", answer(500, "oops"), "the registry answers 500 Internal Server Error"},
		{"answers an error of ours", func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			r.URL.Path = "/v3"
			next.ServeHTTP(w, r)
		}, "the registry answers 404 Not Found: no such path: /v3"},
		{"answers 304 to nobody who asked", answer(304, ""), ""},
		{"answers 204", answer(204, ""), "the registry answers 204 No Content"},
		{"redirects for ever", func(w http.ResponseWriter, r *http.Request, _ http.Handler) { http.Redirect(w, r, r.URL.Path, 302) }, "stopped after 10 redirects"},
		{"says nothing", func(_ http.ResponseWriter, r *http.Request, _ http.Handler) { <-r.Context().Done() }, "deadline exceeded"},
		{"stops in the middle", func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
			w.Header().Set("Content-Length", strconv.Itoa(len(bundle)))
			_, _ = w.Write(bundle[:len(bundle)/2])
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "deadline exceeded"},
		{"cuts the body off", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			hangUp(t, w, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(bundle), bundle[:len(bundle)-1]))
		}, "it ends in the middle"},
		{"cuts a body of unknown length off", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			hangUp(t, w, "HTTP/1.0 200 OK\r\n\r\n"+string(bundle[:len(bundle)-1]))
		}, "contents have digest"},
		{"cuts gzip off", answer(200, string(gzipped(t, bundle)[:200]), "Content-Encoding", "gzip"), "it ends in the middle"},
		{"cuts zstd off", answer(200, string(zstandard(t, bundle)[:100]), "Content-Encoding", "zstd"), "cannot be read"},
		{"says gzip and sends none", answer(200, string(bundle), "Content-Encoding", "gzip"), "it is not gzip"},
		{"says zstd and sends none", answer(200, string(bundle), "Content-Encoding", "zstd"), "cannot be read"},
		{"sends another packing", answer(200, string(bundle), "Content-Encoding", "br"), `it has Content-Encoding "br"`},
		{"sends a body that is too large", answer(200, string(big)), "it has more than 100000 bytes, unpacked"},
		{"sends a gzip bomb", answer(200, string(gzipped(t, make([]byte, 8<<20))), "Content-Encoding", "gzip"), "it has more than 100000 bytes, unpacked"},
		{"sends a zstd bomb", answer(200, string(zstandard(t, make([]byte, 8<<20))), "Content-Encoding", "zstd"), "it has more than 100000 bytes, unpacked"},
		{"sends zstd that wants memory", answer(200, string(zstandard(t, make([]byte, 16<<20), zstd.WithWindowSize(16<<20), zstd.WithSingleSegment(false))), "Content-Encoding", "zstd"), "it has more than 100000 bytes, unpacked"},
		{"sends nothing", answer(200, ""), "file is empty"},
		{"sends a page", answer(200, "<html>", "Content-Type", "text/html"), "does not start with its digest"},
		{"sends an edited bundle", answer(200, strings.Replace(string(bundle), `"minimum":0`, `"minimum":1`, 1)), "contents have digest"},
		{"sends a bundle with another digest", answer(200, strings.Replace(string(bundle), "sha256:", "sha256:0", 1)), "does not start with its digest"},
		{"sends another format", answer(200, string(registryBundle(`"format":2,"releases":[]`))), "bundle has format 2, expected format 1"},
		{"sends the format before", answer(200, string(registryBundle(`"releases":[`+one+`]`))), "bundle has no format, expected format 1"},
		{"sends an empty bundle", answer(200, string(registry.EncodeBundle(nil))), "bundle has no releases, the one in use has"},
		{"sends an older bundle", answer(200, string(bundleOf(t, cartV1))), "bundle is older than the one in use"},
		{"sends a release that is edited", answer(200, string(sealedBundle(`"releases":[`+strings.Replace(one, "minimum", "maximum", 1)+`]`))), "contents have digest"},
		{"sends a release twice", answer(200, string(sealedBundle(`"releases":[`+one+`,`+one+`]`))), "bundle cannot be used: event version stands twice"},
		{"sends a contract that nobody can read", answer(200, string(broken)), "bundle cannot be used: a.b 1.0.0: contract cannot be read"},
		{"sends a contract under another name", answer(200, string(stranger)), "release of a.b 1.0.0 holds another contract"},
	}
}

// sealedBundle is a bundle of the newest time with these members behind it.
func sealedBundle(members string) []byte {
	return registryBundle(`"format":1,"released":"2099-01-01T00:00:00Z",` + members)
}

// hangUp writes raw bytes and closes the connection.
func hangUp(t testing.TB, w http.ResponseWriter, text string) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = connection.Write([]byte(text))
	_ = connection.Close()
}

// TestFaults_KeepTheLastGoodContractsAndSayWhy lets a registry do everything wrong, to a
// collector that runs, and to one that starts with a cache.
func TestFaults_KeepTheLastGoodContractsAndSayWhy(t *testing.T) {
	f := start(t, cartV1, orderV1)
	opt := client.Options{CacheDir: t.TempDir(), Timeout: 500 * time.Millisecond, MaxBytes: 100_000}
	c := f.open(opt)
	digest := c.Status().Digest
	for _, fault := range faults(t, f.body()) {
		t.Run(fault.name, func(t *testing.T) {
			f.put(fault.between)
			defer f.put(nil)
			err := c.Refresh(t.Context())
			if fault.want == "" && err != nil || fault.want != "" && (err == nil || !strings.Contains(err.Error(), fault.want)) {
				t.Errorf("error is %v, want %q", err, fault.want)
			}
			works(t, c)
			if s := c.Status(); s.Digest != digest || s.Source != client.FromRegistry || fmt.Sprint(s.Err) != fmt.Sprint(err) {
				t.Errorf("status is %+v, want the contracts from before and the error", s)
			}

			e := opt
			told := listen(&e)
			again := f.open(e)
			works(t, again)
			s := again.Status()
			if fault.want == "" {
				return
			}
			if s.Digest != digest || s.Source != client.FromCache || s.Err == nil || !strings.Contains(s.Err.Error(), fault.want) {
				t.Errorf("a new process: status is %+v, want the cache and the error", s)
			}
			if err := next(t, told.failed); !strings.Contains(err.Error(), fault.want) {
				t.Errorf("the hook was told %v", err)
			}
			if err := next(t, told.loaded); err.Source != client.FromCache {
				t.Errorf("the hook was told %+v", err)
			}
		})
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFaults_WithoutACacheOpenFailsAndSaysWhy(t *testing.T) {
	f := start(t, cartV1, orderV1)
	accepted := map[string]bool{"sends an empty bundle": true, "sends an older bundle": true} // there is nothing to compare with
	for _, fault := range faults(t, f.body()) {
		f.put(fault.between)
		_, err := f.tryOpen(client.Options{Timeout: 500 * time.Millisecond, MaxBytes: 100_000})
		if (err == nil) != accepted[fault.name] {
			t.Errorf("%s: error is %v", fault.name, err)
		}
		if err != nil && !strings.Contains(err.Error(), fault.want) {
			t.Errorf("%s: error is %v, want %q", fault.name, err, fault.want)
		}
	}
}

func TestFaults_ASignedRegistryThatStopsSigning(t *testing.T) {
	secret, public := newKeys(t)
	f := startSigned(t, secret, orderV1)
	c := f.open(client.Options{PublicKeys: public})
	forger, _ := newKeys(t)
	f.release(orderV11)
	all, err := publishedIn(t.Context(), f.path)
	if err != nil {
		t.Fatal(err)
	}
	right := string(registry.EncodeBundle(all, secret...))
	i := strings.Index(right, `"signature":"`) + len(`"signature":"`)
	flipped := right[:i] + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, right[i:i+1]) + right[i+1:]
	for want, text := range map[string]string{
		"bundle is not signed":     string(registry.EncodeBundle(all)),
		"no good signature among ": string(registry.EncodeBundle(all, forger...)),
		"no good signature":        flipped,
	} {
		f.put(answer(200, text))
		if err := c.Refresh(t.Context()); registry.CodeOf(err) != registry.CodeBundleRefused || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
		if works(t, c); c.Valid([]byte(goodNew)) {
			t.Errorf("%s: the bundle is in use", want)
		}
	}
	f.put(answer(200, right))
	if err := c.Refresh(t.Context()); err != nil || !c.Valid([]byte(goodNew)) {
		t.Errorf("the right signature gives %v", err)
	}
}

func TestAllow_EmptyAndOlderBundlesWhereTheyAreMeant(t *testing.T) {
	f := start(t, cartV1, orderV1)
	c := f.open(client.Options{AllowEmpty: true, AllowOlder: true})
	for _, body := range [][]byte{bundleOf(t, cartV1), registry.EncodeBundle(nil)} {
		f.put(answer(200, string(body)))
		if err := c.Refresh(t.Context()); err != nil || c.Status().Digest != registry.DigestOf(body) {
			t.Errorf("status is %+v, %v, want the new bundle", c.Status(), err)
		}
	}
}

// TestCache_ADamagedOneIsIgnoredAndSaid flips single bytes all over the file, and cuts it.
func TestCache_ADamagedOneIsIgnoredAndSaid(t *testing.T) {
	f := start(t, orderV1)
	opt := client.Options{CacheDir: t.TempDir()}
	f.open(opt)
	path := only(t, opt.CacheDir)
	right, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f.put(gone)
	damage := map[string][]byte{"empty": nil, "a byte more": append(bytes.Clone(right), ' '), "foreign": []byte("hello\nworld\n"), "zeros": make([]byte, len(right))}
	for i := 0; i < len(right); i += max(1, len(right)/40) {
		flipped := bytes.Clone(right)
		flipped[i] ^= 0x20
		damage[fmt.Sprintf("byte %d", i)] = flipped
		damage[fmt.Sprintf("the first %d bytes", i)] = right[:i]
	}
	for what, data := range damage {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		open := opt
		open.Away = client.FailOpen
		c := f.open(open)
		if s := c.Status(); s.Source != client.FromNowhere || s.CacheErr == nil || !strings.Contains(s.CacheErr.Error(), path) {
			t.Errorf("%s: status is %+v, want that the cache is not used, and why", what, s)
		}
		if _, err := f.tryOpen(opt); err == nil {
			t.Errorf("%s: the cache is used", what)
		}
	}
	f.put(nil)
	f.requests()
	c := f.open(opt)
	works(t, c)
	if asked := f.requests(); asked[0] != "/v1/bundle.json " || c.Status().CacheErr != nil {
		t.Errorf("requests are %q, status %+v, want a whole bundle that mends the cache", asked, c.Status())
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, right) {
		t.Errorf("the cache is not what it was: %v", err)
	}
}

// only is the one file of a folder.
func only(t testing.TB, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("folder has %v, %v, want one file", names, err)
	}
	return names[0]
}

func TestCache_IsForItsOwnerAndItsLocation(t *testing.T) {
	f, g := start(t, orderV1), start(t, cartV1)
	opt := client.Options{CacheDir: t.TempDir()}
	f.open(opt)
	info, err := os.Stat(only(t, opt.CacheDir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v, want a file for its owner", info.Mode(), err)
	}
	g.open(opt)
	f.put(gone)
	g.put(gone)
	works(t, f.open(opt))
	if c := g.open(opt); !c.Valid([]byte(`{"event":"cart.viewed","version":"1.0.0"}`)) {
		t.Error("one location has the cache of the other")
	}
}

func TestCache_ThatCannotBeWrittenIsSaidAndWrittenWhenItCan(t *testing.T) {
	f := start(t, orderV1)
	folder := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(folder, nil, 0o644); err != nil { // a file in its place
		t.Fatal(err)
	}
	opt := client.Options{CacheDir: folder}
	e := listen(&opt)
	c := f.open(opt)
	works(t, c)
	if s := c.Status(); s.CacheErr == nil || s.Err != nil || !strings.Contains(s.CacheErr.Error(), folder) {
		t.Errorf("status is %+v, want an error about the cache only", s)
	}
	for _, want := range []string{"use the cache " + folder, "keep the bundle in " + folder} {
		if err := next(t, e.failed); !strings.Contains(err.Error(), want) {
			t.Errorf("the hook was told %v, want %q", err, want)
		}
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if err := c.Refresh(t.Context()); err != nil || c.Status().CacheErr != nil {
		t.Errorf("afterwards: %v, %v", err, c.Status().CacheErr)
	}
	f.put(gone)
	works(t, f.open(opt))
}

func TestCache_RemovesOldLeftoversOnly(t *testing.T) {
	f := start(t, orderV1)
	opt := client.Options{CacheDir: t.TempDir()}
	for name, age := range map[string]time.Duration{".evctl-old": 2 * time.Hour, ".evctl-new": 0, ".evctl-future": -24 * time.Hour, "other": 2 * time.Hour} {
		path := filepath.Join(opt.CacheDir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if at := time.Now().Add(-age); os.Chtimes(path, at, at) != nil {
			t.Fatal("times cannot be set")
		}
	}
	f.open(opt)
	for name, want := range map[string]bool{".evctl-old": false, ".evctl-new": true, ".evctl-future": true, "other": true} {
		if _, err := os.Stat(filepath.Join(opt.CacheDir, name)); (err == nil) != want {
			t.Errorf("%s: %v, want that it is there: %v", name, err, want)
		}
	}
}

// TestClock_SettingItChangesNothing moves the wall clock by decades in both directions
// between and during attempts.
func TestClock_SettingItChangesNothing(t *testing.T) {
	f := start(t, orderV1)
	wall := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	opt := client.WithClock(client.Options{Away: client.FailClosed, MaxAge: time.Hour, CacheDir: t.TempDir()}, client.TestClock{Now: func() time.Time { return wall }})
	c := f.open(opt)
	for _, years := range []int{-50, 100, -100, 0} {
		wall = wall.AddDate(years, 0, 0)
		works(t, c)
		if err := c.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		works(t, c)
		works(t, f.open(opt))
		if s := c.Status(); s.Expired || !s.Confirmed.Equal(wall) {
			t.Errorf("moved by %d years: status is %+v", years, s)
		}
	}
	f.publish(orderV11)
	if err := c.Refresh(t.Context()); err != nil || !c.Valid([]byte(goodNew)) {
		t.Errorf("a release is not taken over: %v", err)
	}
}

func TestSite_InADirectoryIsCheckedToo(t *testing.T) {
	f := start(t, orderV1)
	site := t.TempDir()
	path := filepath.Join(site, "v1", "bundle.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(f.body())
	c, err := client.Open(t.Context(), site, client.Options{MaxBytes: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	works(t, c)
	for want, data := range map[string][]byte{
		"contents have digest": f.body()[:len(f.body())-1], "too large": make([]byte, 200_000), "file is empty": nil,
	} {
		write(data)
		if err := c.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
		works(t, c)
	}
	f.publish(orderV11)
	write(f.body())
	if err := c.Refresh(t.Context()); err != nil || !c.Valid([]byte(goodNew)) {
		t.Errorf("the new bundle: %v", err)
	}
}

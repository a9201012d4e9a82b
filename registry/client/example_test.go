package client_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/evctl/evctl/registry/client"
)

// exampleRegistry is where the examples find their contracts. In real life it is the URL
// of evctl serve or of an exported site, or a directory.
var exampleRegistry = filepath.Join("..", "..", "testdata", "shop", "releases")

// A collector that checks what it takes.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	store := func(_ context.Context, events []client.Event) error {
		fmt.Println("stored:", len(events))
		return nil
	}

	c, err := client.Open(ctx, exampleRegistry, client.Options{Preset: "segment"})
	if err != nil {
		log.Fatal(err)
	}
	go c.Watch(ctx)
	mux := http.NewServeMux()
	mux.Handle("POST /collect", client.Handler(c, store))

	server := httptest.NewServer(mux)
	defer server.Close()
	post(server.URL+"/collect", `{"event": "search.performed", "properties": {"query": "red shoes", "result_count": 7, "page_url": "https://shop.example/"}}`)
	post(server.URL+"/collect", `{"event": "search.performed", "properties": {"query": "", "result_count": 7, "page_url": "https://shop.example/"}}`)
	// Output:
	// stored: 1
	// 202 {"accepted":1,"rejected":0,"verdicts":[{"event":"search.performed","version":"1.2.0","valid":true}]}
	// 422 {"accepted":0,"rejected":1,"verdicts":[{"event":"search.performed","version":"1.2.0","valid":false,"violations":[{"pointer":"/properties/query","rule":"minLength","expected":"at least 1 character","found":"0 characters","offset":54}]}]}
}

func post(url, body string) {
	response, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, string(bytes.TrimSpace(text)))
	http.DefaultClient.CloseIdleConnections()
}

// A server that has a handler for events already.
func ExampleMiddleware() {
	c, err := client.Open(context.Background(), exampleRegistry, client.Options{Preset: "segment"})
	if err != nil {
		log.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, e := range client.EventsOf(r.Context()) {
			fmt.Fprintln(w, "handled", e.Verdict.Event, e.Verdict.Version)
		}
	})
	server := httptest.NewServer(client.Middleware(c)(handler))
	defer server.Close()
	post(server.URL, `[{"event": "search.performed", "properties": {"query": "red shoes", "result_count": 7, "page_url": "https://shop.example/"}}]`)
	post(server.URL, `{"event": "search.perfomed", "properties": {}}`)
	// Output:
	// 200 handled search.performed 1.2.0
	// 422 {"accepted":0,"rejected":1,"verdicts":[{"event":"search.perfomed","valid":false,"violations":[{"pointer":"","rule":"event-unknown","expected":"an event that has a contract, did you mean \"search.performed\"?","found":"event \"search.perfomed\"","offset":0}]}]}
}

// Events that do not come over HTTP.
func ExampleClient_Validate() {
	c, err := client.Open(context.Background(), exampleRegistry, client.Options{Preset: "segment"})
	if err != nil {
		log.Fatal(err)
	}
	v := c.Validate([]byte(`{"event": "search.performed", "properties": {"query": "red shoes", "page_url": "https://shop.example/"}}`))
	fmt.Println(v.Event, v.Version, v.Valid)
	for _, violation := range v.Violations {
		fmt.Println(violation)
	}
	// Output:
	// search.performed 1.2.0 false
	// /properties: property "result_count" is missing
}

// What a collector may want to know about its contracts.
func ExampleClient_Status() {
	c, err := client.Open(context.Background(), exampleRegistry, client.Options{Preset: "segment", Hooks: client.Hooks{
		Loaded: func(s client.Status) { fmt.Println("loaded", s.Events, "events from the", s.Source) },
		Failed: func(err error) { fmt.Println("failed:", err) },
	}})
	if err != nil {
		log.Fatal(err)
	}
	c.Valid([]byte(`{"event": "search.performed", "properties": {"query": "x", "result_count": 7, "page_url": "https://shop.example/"}}`))
	if err := c.WriteMetrics(lines{"evctl_events_total{", "evctl_contracts_current"}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// loaded 15 events from the registry
	// evctl_events_total{event="search.performed",version="1.2.0",verdict="valid"} 1
	// evctl_contracts_current 1
}

// lines prints the lines that start with one of these.
type lines []string

func (l lines) Write(b []byte) (int, error) {
	for line := range strings.Lines(string(b)) {
		for _, prefix := range l {
			if strings.HasPrefix(line, prefix) {
				fmt.Fprint(os.Stdout, line)
			}
		}
	}
	return len(b), nil
}

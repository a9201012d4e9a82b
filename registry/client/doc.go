// Package client is what a collector embeds: it loads the released contracts from a
// registry when it starts, takes over new ones while it runs, and gives a verdict on
// each event. For most uses, Open, Watch and Handler are all there is to call:
//
//	c, err := client.Open(ctx, "https://contracts.example.com", client.Options{CacheDir: "/var/cache/collector"})
//	if err != nil {
//		log.Fatal(err)
//	}
//	go c.Watch(ctx)
//	http.Handle("POST /collect", client.Handler(c, store))
//
// README.md beside this file says what it does when something fails, what the answers of
// the handler mean, and what is signed and counted.
//
// The package owns the transport, the cache, the policies and the counters. The verdicts
// are those of contracts/payload, the bundle is that of registry. It imports no database
// drivers and no command line.
package client

// Command evctl checks event contracts, generates code from them, and serves
// them to collectors.
package main

import (
	"os"

	"github.com/evctl/evctl/cmd/evctl/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.FromOS(), os.Args[1:]))
}

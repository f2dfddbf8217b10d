// Command schema reads dashboards as Grafana's own types, which are generated from its schema: a field that no panel of its kind
// has, a value of another type and a missing field are errors. One line a problem; no output means that all is well.
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		read := dashboard.Dashboard{}
		if err == nil {
			err = read.UnmarshalJSONStrict(text)
		}
		if err == nil {
			err = read.Validate()
		}
		if err != nil && err.Error() != "" {
			fmt.Printf("%s: %s\n", file, err)
		}
	}
}

package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"aggregator/cmd/internal/config"
	"aggregator/cmd/internal/opml"
	"aggregator/fetcher"
)

func newOPML(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "opml",
		Short:   "Take sources from an OPML file, or give them as one",
		Example: "  aggregator opml import feedly.opml\n  aggregator opml export > sources.opml",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newOPMLImport(p), newOPMLExport(p))
	return cmd
}

func newOPMLImport(p *program) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Add the feeds of an OPML file to the configuration",
		Long: `Add the feeds of an OPML file (- for standard input) as sources to the
configuration file, after those it has; all else in it stays as it was. Folders
become categories. Feeds that are configured already are left out. A running
daemon fetches them after SIGHUP (systemctl reload aggregator).`,
		Example:               "  aggregator opml import subscriptions.opml",
		Args:                  usageArgs(cobra.ExactArgs(1)),
		DisableFlagsInUseLine: true,
		RunE: func(_ *cobra.Command, args []string) error {
			return p.importOPML(args[0], dryRun)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "change nothing, show what would be added")
	return cmd
}

func newOPMLExport(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Print the sources as OPML",
		Long: `Print the configured sources as OPML, for other readers. A source that is no feed,
such as Sina's lists, stands there with the feed that this program publishes of it.`,
		Example:               "  aggregator opml export > sources.opml",
		Args:                  usageArgs(cobra.NoArgs),
		DisableFlagsInUseLine: true,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := p.load()
			if err != nil {
				return err
			}
			return opml.Write(p.Out, cfg.Site.Title, outlines(cfg))
		},
	}
}

// outlines are the sources as feeds. What is secret in an address is hidden.
func outlines(cfg *config.Config) (feeds []opml.Feed) {
	for _, s := range cfg.Enabled() {
		f := opml.Feed{Title: s.Title, Categories: s.Categories, URL: publishedAt(cfg) + s.Name + ".atom"}
		if s.Kind == "feed" {
			f.URL = fetcher.Redact(feedAddress(s))
		}
		feeds = append(feeds, f)
	}
	return feeds
}

// feedAddress is where a feed is, with its params.
func feedAddress(s *config.Source) string {
	if r, err := fetcher.NewReader(s.Fetcher()); err == nil {
		return r.URL(1)
	}
	return s.URL.Reveal()
}

// publishedAt leads the addresses of the feeds that are published of sources.
func publishedAt(cfg *config.Config) string { return cfg.Site.BaseURL + "/feeds/source/" }

func (p *program) importOPML(file string, dryRun bool) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	feeds, err := readOPML(file)
	if err != nil {
		return &failure{code: exitUsage, err: fmt.Errorf("opml import: %s: %w", file, err)}
	}
	add, known := p.newSources(cfg, feeds)
	for _, s := range add {
		fmt.Fprintf(p.Out, "%s  %s  %s\n", s.Name, fetcher.Redact(s.URL), s.Title)
	}
	path := p.configPath()
	if len(add) > 0 && !dryRun {
		if err := p.addSources(path, add); err != nil {
			return err
		}
	}
	what := "added to " + path
	if dryRun {
		what = "to be added to " + path
	}
	_, err = fmt.Fprintf(p.Err, "%d sources %s, %d were there already\n", len(add), what, known)
	return err
}

func readOPML(file string) ([]opml.Feed, error) {
	if file == "-" {
		return opml.Read(os.Stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return opml.Read(f)
}

// newSources makes sources of the feeds that are not configured yet, and says of
// which that cannot be.
func (p *program) newSources(cfg *config.Config, feeds []opml.Feed) (add []config.NewSource, known int) {
	addresses, names := map[string]bool{}, map[string]bool{}
	for _, s := range cfg.Sources {
		names[s.Name] = true
		at := feedAddress(&s)
		addresses[opml.Address(at)] = true
		addresses[opml.Address(fetcher.Redact(at))] = true // as export gives it
	}
	for _, f := range feeds {
		u, err := url.Parse(f.URL)
		address := strings.NewReplacer("{", "%7B", "}", "%7D").Replace(f.URL)
		switch {
		case addresses[address], addresses[f.URL], strings.HasPrefix(f.URL, publishedAt(cfg)):
			known++
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			fmt.Fprintf(p.Err, "aggregator: left out: %s: not an http or https address\n", cmp.Or(f.Title, fetcher.Redact(f.URL)))
		default:
			name := unique(cmp.Or(sourceName(f.Title), sourceName(u.Hostname()), "feed"), names)
			addresses[address], names[name] = true, true
			add = append(add, config.NewSource{Name: name, Title: f.Title, Kind: "feed", URL: address, Categories: f.Categories})
		}
	}
	return add, known
}

// sourceName makes a source's name of a title.
func sourceName(title string) string {
	name := config.Latin(strings.ReplaceAll(title, ".", "-"))
	return strings.Trim(name[:min(len(name), 48)], "-_")
}

func unique(name string, taken map[string]bool) string {
	for n, base := 2, name; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return name
}

// addSources writes sources into the configuration file, whole or not at all.
func (p *program) addSources(path string, add []config.NewSource) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	data, err = config.Append(path, data, add, p.environ...)
	if err != nil {
		return &failure{code: exitUsage, err: fmt.Errorf("opml import: %w", err), hint: "write them there by hand: --dry-run shows them"}
	}
	return renameio.WriteFile(path, data, info.Mode().Perm())
}

package normalize

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/purell"

	"aggregator/normalize/article"
)

// parseBase is the address that relative ones are relative to; nil if there
// is none.
func parseBase(s string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// absolute is an http address made absolute; empty if it cannot be, or leads
// elsewhere. Characters that URLs may not have raw are encoded.
func absolute(ref string, base *url.URL) string {
	ref = strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f { // browsers ignore them, and so do those who hide "javascript:"
			if r == ' ' {
				return r
			}
			return -1
		}
		return r
	}, strings.TrimSpace(ref))
	if strings.HasPrefix(ref, "//") {
		ref = "https:" + ref
	}
	u, err := url.Parse(ref)
	if err != nil || ref == "" {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return article.CleanText(u.String())
}

// cleanLink is an item's link as it stands, without what XML forbids.
func cleanLink(s string) string { return article.CleanText(strings.TrimSpace(s)) }

// tracking are query parameters that tell where a reader came from.
var tracking = regexp.MustCompile(`(?i)^(?:utm_\w+|mtm_\w+|pk_\w+|fbclid|gclid|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_hsenc|_hsmi|mkt_tok|vero_id|spm|scm|share_token|share_source|share_medium|share_plat|share_tag|share_session_id|vd_source|from_source|bd_vid|hmsr|hmpl|hmcu|hmkw|hmci|weibo_id|wfr|isappinstalled|nsukey|chksm|abtest|tdsourcetag|at_medium|at_campaign|cmpid|ncid|oly_\w+_id|wt\.mc_id|wt_mc|gbraid|wbraid|gclsrc|ref_src|si_source|s_cid|trk|xtor|share_from|share_uid|share_times|spm_id_from|unique_k|buvid|from_spmid|seid|xhsshare|apptime|share_id|wxshare_count|_wxobj|rdk|sharer_\w+|sudaref|ftag|ito|smid)$`)

// sinaTracking are those of Sina's pages, whose documents have no parameters
// that tell them apart.
var sinaTracking = regexp.MustCompile(`^(?:cre|mod|loc|r|doct|rfunc|tj|tr|s|cref|vt|pos|wm|from|autocallup|isfromsina|sudaref|display|retcode|ua|lang|sina_fr)$`)

// canonical is the address under which copies of a page are the same page:
// without scheme, www, mobile variant and tracking parameters. Fragments stay,
// since many pages are told apart by nothing else. Empty for what is no page.
func canonical(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	u = unwrapRedirect(u)
	u.User = nil
	sina := sinaHost(u.Hostname())
	untrack(u, sina)
	text := purell.NormalizeURL(u, purell.FlagsSafe|purell.FlagRemoveDotSegments|purell.FlagRemoveEmptyQuerySeparator)
	_, text, _ = strings.Cut(text, "://")
	for _, prefix := range []string{"www.", "m.", "mobile.", "wap."} {
		if rest, ok := strings.CutPrefix(text, prefix); ok && strings.Contains(host(rest), ".") {
			text = rest
			break
		}
	}
	if sina {
		text = strings.Replace(text, ".sina.cn/", ".sina.com.cn/", 1)
	}
	return article.CleanText(text)
}

func host(s string) string {
	h, _, _ := strings.Cut(s, "/")
	return h
}

// untrack removes tracking parameters and leaves the others as they are, in
// their order.
func untrack(u *url.URL, sina bool) {
	if u.RawQuery == "" {
		return
	}
	var kept []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !tracking.MatchString(name) && !(sina && sinaTracking.MatchString(name)) {
			kept = append(kept, pair)
		}
	}
	u.RawQuery = strings.Join(kept, "&")
}

// isRoot tells whether a canonical address is a site's front page.
func isRoot(canonical string) bool {
	_, path, _ := strings.Cut(canonical, "/")
	return path == "" || strings.HasPrefix(path, "#")
}

package normalize

import (
	"net/url"
	"regexp"
	"strings"
)

// tracking are query parameters that tell where a reader came from: those of
// advertising networks, of newsletters and analytics, of news sites and social
// networks, of Chinese platforms, and of what Chinese readers share by.
var tracking = wordSet(
	"fbclid gclid dclid msclkid yclid twclid igshid igsh gbraid wbraid gclsrc ttclid li_fat_id epik wickedid rb_clickid s_kwcid ef_id",
	"mc_cid mc_eid _hsenc _hsmi __hstc __hssc __hsfp hsctatracking hss_channel mkt_tok vero_id oly_enc_id oly_anon_id ml_subscriber ml_subscriber_hash _ga _gl _openstat",
	"ref_src si_source s_cid trk xtor ftag ito smid at_medium at_campaign cmpid icid ncid ns_source ns_mchannel ns_campaign ns_linkname ns_fee wt.mc_id wt_mc sc_campaign sr_share soc_src soc_trk",
	"guccounter fb_action_ids fb_action_types fb_source fb_ref action_object_map action_type_map action_ref_map",
	"spm scm spm_id_from from_spmid from_source unique_k buvid vd_source is_story_h5 seid bbid bd_vid hmsr hmpl hmcu hmkw hmci weibo_id wfr sudaref tt_from traffic_source in_ogs spss spssid spsw dt_dapp _trans_ rdk",
	"share_token share_source share_medium share_plat share_tag share_session_id share_from share_uid share_times share_id xhsshare apptime wxshare_count _wxobj isappinstalled nsukey chksm abtest tdsourcetag mpshare",
)

// trackingHeads are what the names of further ones begin with.
var trackingHeads = []string{"utm_", "mtm_", "pk_", "guce_", "sharer_"}

func tracks(name string) bool {
	name = strings.TrimPrefix(strings.ToLower(name), "amp;") // of an & that was escaped twice
	if tracking[name] {
		return true
	}
	for _, head := range trackingHeads {
		if strings.HasPrefix(name, head) {
			return true
		}
	}
	return false
}

// sinaTracking are those of Sina's pages, whose documents have no parameters
// that tell them apart.
var sinaTracking = wordSet("cre mod loc r doct rfunc tj tr s cref vt pos wm from autocallup isfromsina sudaref display retcode ua lang sina_fr")

// weixin are the parameters by which WeChat's articles are told apart; the others
// tell who reads them.
var weixin = wordSet("__biz mid idx sn itemidx")

// sharing are values of "from" that WeChat adds when a page is shared.
var sharing = wordSet("from=timeline from=groupmessage from=singlemessage from=message")

// untrack removes tracking parameters and leaves the others as they are, in
// their order.
func untrack(u *url.URL, sina bool) {
	if u.RawQuery == "" {
		return
	}
	wechat := strings.EqualFold(u.Hostname(), "mp.weixin.qq.com")
	var kept []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		switch {
		case pair == "", tracks(name), sharing[pair], sina && sinaTracking[name], wechat && !weixin[name]:
		default:
			kept = append(kept, pair)
		}
	}
	u.RawQuery = strings.Join(kept, "&")
}

// counters are the hosts, with all below them, whose pictures only count
// readers: feed services, analytics, advertising, mailing programs.
var counters = wordSet(
	"feedsportal.com feedpress.me feedpress.it pixel.wp.com stats.wp.com pixel.wordpress.com stats.wordpress.com google-analytics.com doubleclick.net scorecardresearch.com",
	"pixel.quantserve.com c.statcounter.com track.hubspot.com hm.baidu.com cnzz.com 51.la umeng.com miaozhen.com admaster.com.cn growingio.com beacon.sina.com.cn s.click.taobao.com",
)

// counterHeads is how the addresses of others begin, and counterParts what they hold.
var (
	counterHeads = []string{"feeds.feedburner.com/~r/", "feeds.feedburner.com/~ff/", "feeds.wordpress.com/1.0/", "blogger.googleusercontent.com/tracker/", "medium.com/_/stat", "www.facebook.com/tr?", "www.facebook.com/tr/"}
	counterParts = []string{"/matomo.php?", "/piwik.php?", "/wf/open?", "/track/open", ".list-manage.com/track/"}
	counterSina  = regexp.MustCompile(`^sax\w*\.sina\.c(?:n|om\.cn)/`)
)

// counts tells whether the address of a picture is one that only counts readers.
func counts(address string) bool {
	_, address, _ = strings.Cut(strings.ToLower(address), "://")
	for _, head := range counterHeads {
		if strings.HasPrefix(address, head) {
			return true
		}
	}
	for _, part := range counterParts {
		if strings.Contains(address, part) {
			return true
		}
	}
	for name := host(address); name != ""; _, name, _ = strings.Cut(name, ".") {
		if counters[name] {
			return true
		}
	}
	return counterSina.MatchString(address)
}

func wordSet(lists ...string) map[string]bool {
	set := make(map[string]bool)
	for _, list := range lists {
		for word := range strings.FieldsSeq(list) {
			set[word] = true
		}
	}
	return set
}

package simulated

import "fmt"

// company is an invented listed company.
type company struct {
	Name string
	Code string // as in Sina's stock links: sz000333, hk00700, usstock_JPM
}

// makeCompanies combines brands and trades. The codes are unique, and chosen
// so that every market occurs.
func makeCompanies(g *grammar) []company {
	var all []company
	for _, brand := range g.rules["brand"].choices {
		for _, trade := range g.rules["trade"].choices {
			n := len(all)
			all = append(all, company{brand[0].text + trade[0].text, stockCode(n)})
		}
	}
	return all
}

func stockCode(n int) string {
	spread := n * 7919 % 10000 // 7919 and 10000 have no common divisor
	switch n % 10 {
	case 0, 1, 2:
		return fmt.Sprintf("sh60%04d", spread)
	case 3, 4:
		return fmt.Sprintf("sz00%04d", spread)
	case 5, 6:
		return fmt.Sprintf("sz30%04d", spread)
	case 7:
		return fmt.Sprintf("hk0%04d", spread)
	case 8:
		return fmt.Sprintf("bj83%04d", spread)
	}
	return "usstock_" + string([]byte{'A' + byte(n/676%26), 'A' + byte(n/26%26), 'A' + byte(n%26), 'Q'})
}

// display is the code as a Chinese paper prints it behind the name.
func (c company) display() string {
	switch market, digits := c.Code[:2], c.Code[2:]; market {
	case "sh", "sz", "bj":
		return digits + "." + map[string]string{"sh": "SH", "sz": "SZ", "bj": "BJ"}[market]
	case "hk":
		return digits + ".HK"
	}
	return c.Code[len("usstock_"):] + ".US"
}

package daemon

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// TestMachineOutOfFilesIsNoLimitOfOurs: the text of ENFILE contains that of EMFILE, and
// all that is kept of some errors is their text.
func TestMachineOutOfFilesIsNoLimitOfOurs(t *testing.T) {
	for number, hint := range map[syscall.Errno]string{syscall.ENFILE: "fs.file-max", syscall.EMFILE: "LimitNOFILE"} {
		err := errors.New("lookup a.example: " + number.Error())
		if got := brief(err); got != number.Error() {
			t.Errorf("got %q, want %q", got, number.Error())
		}
		if got := shortHint(err, false); !shortOf(err) || !strings.Contains(got, hint) {
			t.Errorf("%s: the hint is %q", number, got)
		}
	}
}

package postgres

import (
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// moment reads a time; before all time is the zero time.
type moment time.Time

// ScanTimestamptz implements [pgtype.TimestamptzScanner].
func (m *moment) ScanTimestamptz(v pgtype.Timestamptz) error {
	*m = moment{}
	if v.Valid && v.InfinityModifier == pgtype.Finite {
		*m = moment(v.Time.UTC())
	}
	return nil
}

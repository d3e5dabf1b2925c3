package postgres_test

import (
	"testing"

	"aggregator/storage"
	"aggregator/storage/postgres"
	"aggregator/storage/postgres/postgrestest"
	"aggregator/storage/storagetest"
)

// TestStore: a store in PostgreSQL keeps all promises of a store.
func TestStore(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off")
	storagetest.Run(t, func(t testing.TB) storagetest.Database {
		url := server.Database()
		return func(o storage.Options) (storagetest.Store, error) {
			e, err := postgres.Open(t.Context(), url)
			if err != nil {
				return nil, err
			}
			return storage.On(e, o)
		}
	})
}

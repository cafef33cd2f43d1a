// In the place of Jaeger's factory of stores, of which its query service names one type: with the factory come the clients of every database.
package factory

import "github.com/jaegertracing/jaeger/internal/storage/v1/api/spanstore"

type ArchiveStorage struct {
	Reader spanstore.Reader
	Writer spanstore.Writer
}

// Jaeger with what the tests need of it: its query service over its store in memory, and OTLP as the way in. The stores in databases and
// the other receivers are what most of cmd/jaeger's compilation goes into.
package main

import (
	"context"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"

	query "github.com/jaegertracing/jaeger/cmd/query/app"
	"github.com/jaegertracing/jaeger/cmd/query/app/querysvc"
	querysvc2 "github.com/jaegertracing/jaeger/cmd/query/app/querysvc/v2/querysvc"
	"github.com/jaegertracing/jaeger/internal/jptrace/sanitizer"
	"github.com/jaegertracing/jaeger/internal/storage/metricstore/disabled"
	memory1 "github.com/jaegertracing/jaeger/internal/storage/v1/memory"
	"github.com/jaegertracing/jaeger/internal/storage/v2/memory"
	"github.com/jaegertracing/jaeger/internal/telemetry"
	"github.com/jaegertracing/jaeger/internal/tenancy"
)

// As many as cmd/jaeger keeps.
const mostTraces = 100_000

// The one setting of cmd/jaeger that is known: a file for its pages.
var set = flag.String("set", "", "extensions.jaeger_query.ui.config_file=<path>")

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	store := must(memory.NewStore(memory1.Configuration{MaxTraces: mostTraces}))
	must(0, receive(ctx, store).Start(ctx, componenttest.NewNopHost()))
	must(0, answer(ctx, store).Start(ctx))
	go http.ListenAndServe(at("13133"), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	<-ctx.Done()
}

// Takes spans over OTLP, by gRPC and HTTP.
func receive(ctx context.Context, store *memory.Store) receiver.Traces {
	factory := otlpreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*otlpreceiver.Config)
	config.GRPC.GetOrInsertDefault().NetAddr.Endpoint = at("4317")
	config.HTTP.GetOrInsertDefault().ServerConfig.Endpoint = at("4318")
	settings := receiver.Settings{
		ID:                component.NewID(factory.Type()),
		TelemetrySettings: telemetry.NoopSettings().ToOtelComponent(),
	}
	into := must(consumer.NewTraces(func(ctx context.Context, traces ptrace.Traces) error {
		return store.WriteTraces(ctx, sanitizer.Sanitize(traces))
	}))
	return must(factory.CreateTraces(ctx, settings, config, into))
}

// Answers what Jaeger's pages, and people with programs, ask.
func answer(ctx context.Context, store *memory.Store) *query.Server {
	options := query.DefaultQueryOptions()
	options.HTTP.Endpoint = at("16686")
	options.GRPC.NetAddr.Endpoint = at("16685")
	options.UIConfig.ConfigFile = strings.TrimPrefix(*set, "extensions.jaeger_query.ui.config_file=")
	return must(query.NewServer(
		ctx,
		querysvc.NewQueryService(store, store, querysvc.QueryServiceOptions{}),
		querysvc2.NewQueryService(store, store, querysvc2.QueryServiceOptions{}),
		must(disabled.NewMetricsReader()),
		&options,
		tenancy.NewManager(&options.Tenancy),
		telemetry.NoopSettings(),
	))
}

func at(port string) string {
	host := os.Getenv("JAEGER_LISTEN_HOST")
	if host == "" {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

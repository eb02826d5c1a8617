package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
	"golang.org/x/sync/errgroup"
)

// What clients may take of us, so that they leave files and memory to the rest. A document of 1 MB leaves room for a line of
// 140 kbit/s.
const (
	headerTime  = 5 * time.Second // until the whole header of a request is here
	requestTime = time.Minute     // and until its body is
	answerTime  = time.Minute     // from then on until the answer is taken
	idleTime    = 2 * time.Minute // between two requests
	maxHeader   = 32 << 10        // bytes
	maxClients  = 4096            // at once; more wait until one of them goes
	drainHTTP   = 5 * time.Second // for answers in flight once we stop
)

// serve answers until ctx ends, then lets answers in flight finish. Readers that
// are too slow for that are cut off.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: answerTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group errgroup.Group
	group.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainHTTP)
		defer cancel()
		if srv.Shutdown(drain) != nil {
			return srv.Close()
		}
		return nil
	})
	err := srv.Serve(netutil.LimitListener(l, maxClients))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	cancel()
	return errors.Join(err, group.Wait())
}

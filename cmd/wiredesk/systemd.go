package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// tell says to systemd how we do; without systemd it says nothing.
func (n *newsroom) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		n.log.Debug("systemd", "err", err)
	}
}

// watchdog tells systemd that all is alive, as often as it asks, for as long as
// poller and desk go on and HTTP answers. A process that lives while one of them
// hangs is then restarted.
func (n *newsroom) watchdog(ctx context.Context, address net.Addr) error {
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil || every == 0 {
		return nil // nobody listens
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := n.meter.alive()
		if err == nil {
			_, err = ask(ctx, address.String(), "/healthz", every/3)
		}
		if err == nil {
			n.tell(daemon.SdNotifyWatchdog)
		} else if ctx.Err() == nil {
			n.log.Error("the watchdog is not told", "err", err)
		}
	}
}

// ask reads a page of a daemon on this machine. It is an error when it does not
// answer 200; the body is what it says.
func ask(ctx context.Context, address, path string, limit time.Duration) (body string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local(address)+path, nil)
	if err != nil {
		return "", err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: it is this machine
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err = firstOf(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s", address, resp.Status)
	}
	return body, err
}

// local is where a listener is reached from its own machine: one that listens
// everywhere does so on loopback too.
func local(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	switch host {
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	return net.JoinHostPort(host, port)
}

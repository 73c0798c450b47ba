package caldav

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// origin is what a password belongs to: scheme, host and port (RFC 6454).
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "80"
		if u.Scheme == "https" {
			port = "443"
		}
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// loopback reports whether host can only be this machine.
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// follow lets the password go to the origin of to, because an answer from from
// named it. The rule stands in the package comment.
func (c *Client) follow(from, to *url.URL) error {
	if c.trusted[origin(to)] {
		return nil
	}
	upgrade := from.Scheme == "http" && to.Scheme == "https" && strings.EqualFold(from.Hostname(), to.Hostname())
	switch {
	case !c.trusted[origin(from)]:
		return fmt.Errorf("%s is not known to belong to this account", from.Host)
	case to.Scheme == "https" && from.Scheme == "https", upgrade:
		c.trusted[origin(to)] = true
		return nil
	case to.Scheme == "http" && from.Scheme == "https":
		return fmt.Errorf("the server sends us from https to http://%s, which would show the password to everybody on the way; that is refused", to.Host)
	}
	return fmt.Errorf("the server sends us from %s to %s://%s without https; that is refused", from.Host, to.Scheme, to.Host)
}

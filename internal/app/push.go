package app

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"oneonone/internal/google"
	"oneonone/internal/web"
)

const (
	// channelLife is what is asked for; Google may grant less. It is short,
	// because channels that a crash leaves behind cannot be closed: what they
	// send is refused until they end.
	channelLife = 24 * time.Hour
	// A channel is replaced after three quarters of its life.
	renewAfter = 0.75
	// closeChannels bounds the closing of all channels when the program stops.
	closeChannels = 5 * time.Second
)

// keeper keeps a channel open for each calendar on Google, if the configuration
// has an address for that, and wakes the service when Google tells of a change.
// A channel is nothing to rely on: whatever fails here, polling goes on.
//
// Nothing of it is stored. A restart begins with new channels, and its first
// pass finds what changed meanwhile; the old channels were closed, or what they
// send is refused until they end.
type keeper struct {
	app  *App
	told chan struct{} // Google told of a change
	due  chan struct{} // calendars or the configuration may have changed

	mu       sync.Mutex
	channels map[string]*channel // by id, those too that are being opened or closed
	trouble  map[string]string   // by account: why Google does not tell of all its changes; "" when it does

	// What follows belongs to the goroutine of run.
	seen     *running
	failures map[string]failure // by place, and by the id of a channel that could not be closed
}

// place is what a channel is for.
type place struct{ account, calendar string }

func (p place) key() string { return p.account + "\x00" + p.calendar }

// channel is one way by which Google tells of changes.
type channel struct {
	google.Channel
	place
	client *google.Client
	renew  time.Time // when to replace it; zero while it is being opened
}

func newKeeper(a *App) *keeper {
	return &keeper{
		app: a, told: make(chan struct{}, 1), due: make(chan struct{}, 1),
		channels: map[string]*channel{}, trouble: map[string]string{}, failures: map[string]failure{},
	}
}

// look makes run look at the calendars and at the configuration again.
func (k *keeper) look() { wake(k.due) }

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // It will wake anyway.
	}
}

// run keeps the channels until ctx ends, and then closes them. It begins at the
// first call of look.
func (k *keeper) run(ctx context.Context) {
	timer := time.NewTimer(lastRetry)
	defer timer.Stop()
	for begun := false; ; {
		select {
		case <-ctx.Done():
			k.closeAll(ctx)
			return
		case <-k.due:
			begun = true
		case <-timer.C:
		}
		if begun {
			timer.Reset(time.Until(k.tend(ctx, time.Now())))
		}
	}
}

// tend opens, replaces and closes what is due now, and returns when it wants to
// be called again.
func (k *keeper) tend(ctx context.Context, now time.Time) time.Time {
	r := k.app.now.Load()
	if r != k.seen { // Somebody may have repaired what was refused.
		k.seen = r
		clear(k.failures)
	}
	next := now.Add(lastRetry)
	var keep []*channel
	var wanted []place
	for _, acc := range r.config.Accounts {
		client, ok := r.logins[acc.Name].client.(*google.Client)
		if !ok || r.config.Push.URL == nil {
			continue
		}
		cals, err := k.app.store.Calendars(ctx, acc.Name)
		if err != nil {
			return next // The next pass tells what is wrong with the store.
		}
		for _, c := range cals {
			p := place{acc.Name, c.ID}
			wanted = append(wanted, p)
			ch := k.keep(ctx, p, client, r.config.Push.URL.JoinPath(web.PushPath).String(), now)
			if ch == nil {
				continue
			}
			if keep = append(keep, ch); ch.renew.After(now) {
				next = earlier(next, ch.renew)
			}
		}
	}
	k.closeOthers(ctx, keep, now)
	k.tell(wanted)
	for key, f := range k.failures {
		if !f.next.After(now) {
			delete(k.failures, key) // Of a calendar or a channel that is no more.
		} else {
			next = earlier(next, f.next)
		}
	}
	return next
}

// keep returns the channel that tells of changes in a calendar, after opening a
// new one if that is due; nil when there is none.
func (k *keeper) keep(ctx context.Context, p place, client *google.Client, address string, now time.Time) *channel {
	var current *channel
	for _, ch := range k.open(now) {
		if ch.place == p && ch.Address == address && (current == nil || ch.renew.After(current.renew)) {
			current = ch
		}
	}
	if current != nil && now.Before(current.renew) || !k.mayTry(p.key(), now) || ctx.Err() != nil {
		return current
	}
	ch := &channel{place: p, client: client, Channel: google.Channel{
		ID: rand.Text(), Token: rand.Text(), Address: address, Expires: now.Add(channelLife),
	}}
	k.add(ch) // Its first message may come before the answer.
	// What was begun is finished, so that it can be closed.
	opened, err := client.Watch(context.WithoutCancel(ctx), p.calendar, ch.Channel)
	if err != nil {
		k.remove(ch)
		k.failed(p.key(), now, err)
		return current
	}
	delete(k.failures, p.key())
	if current == nil {
		wake(k.told) // Nobody told what changed before.
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	ch.Channel = opened
	ch.renew = now.Add(max(time.Minute, time.Duration(renewAfter*float64(opened.Expires.Sub(now)))))
	return ch
}

// closeOthers closes all channels but those in keep.
func (k *keeper) closeOthers(ctx context.Context, keep []*channel, now time.Time) {
	for _, ch := range k.open(now) {
		if slices.Contains(keep, ch) || !k.mayTry(ch.ID, now) || ctx.Err() != nil {
			continue
		}
		if err := ch.client.Stop(context.WithoutCancel(ctx), ch.Channel); err != nil {
			k.app.o.Log.Debug("a channel could not be closed; it will be tried again until it ends", "account", ch.account, "err", err)
			k.failed(ch.ID, now, err)
			continue
		}
		delete(k.failures, ch.ID)
		k.remove(ch)
	}
}

// closeAll closes what can be closed before the program ends.
func (k *keeper) closeAll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeChannels)
	defer cancel()
	var closing sync.WaitGroup
	for _, ch := range k.open(time.Now()) {
		k.remove(ch)
		closing.Go(func() {
			if err := ch.client.Stop(ctx, ch.Channel); err != nil {
				k.app.o.Log.Debug("a channel could not be closed; it ends by itself", "account", ch.account, "err", err)
			}
		})
	}
	closed := make(chan struct{})
	go func() { closing.Wait(); close(closed) }()
	select {
	case <-closed:
	case <-ctx.Done(): // A sign-in that hangs is not waited for.
	}
}

// open returns the channels that Google knows, and forgets those that have ended.
func (k *keeper) open(now time.Time) []*channel {
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.channels, func(_ string, ch *channel) bool { return !now.Before(ch.Expires) })
	return slices.SortedFunc(maps.Values(k.channels), func(a, b *channel) int { return strings.Compare(a.ID, b.ID) })
}

func (k *keeper) add(ch *channel) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.channels[ch.ID] = ch
}

func (k *keeper) remove(ch *channel) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.channels, ch.ID)
}

// channel is what the web server asks when a message comes.
func (k *keeper) channel(id string) (web.Channel, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	ch := k.channels[id]
	if ch == nil || !time.Now().Before(ch.Expires) {
		return web.Channel{}, false
	}
	return web.Channel{Token: ch.Token, Changed: func() {
		k.app.o.Log.Debug("Google tells of a change", "account", ch.account)
		wake(k.told)
	}}, true
}

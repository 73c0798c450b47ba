package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"oneonone/internal/app"
	"oneonone/internal/config"
	"oneonone/internal/store"
)

// configPaths are where the configuration is looked for when no --config is given.
var configPaths = []string{"configs/oneonone.yaml", "/etc/oneonone/oneonone.yaml"}

// configPath returns the file that is read as the configuration.
func (c *call) configPath() (string, error) {
	if c.opts.config != "" {
		return c.opts.config, nil
	}
	for _, path := range configPaths {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	return "", &app.ConfigError{
		Problem: "there is no configuration: neither " + strings.Join(configPaths, " nor ") + " is there",
		Hint:    "name the file with --config FILE",
	}
}

// load reads the configuration.
func (c *call) load() (*config.Config, error) {
	path, err := c.configPath()
	if err != nil {
		return nil, err
	}
	return config.Load(path)
}

// stateDir is where a relative store lies: --state, else the first of the
// directories that systemd names, else the working directory.
func (c *call) stateDir() string {
	if c.opts.state != "" {
		return c.opts.state
	}
	first, _, _ := strings.Cut(c.env.Getenv("STATE_DIRECTORY"), ":")
	return first
}

func (c *call) credentialsDir() string {
	if c.opts.credentials != "" {
		return c.opts.credentials
	}
	return c.env.Getenv("CREDENTIALS_DIRECTORY")
}

// storePath is the file or address of the store.
func (c *call) storePath(cfg *config.Config) string {
	if strings.Contains(cfg.Store, "://") || filepath.IsAbs(cfg.Store) {
		return cfg.Store
	}
	return filepath.Join(c.stateDir(), cfg.Store)
}

// hasStore reports whether there is a store; it makes none.
func (c *call) hasStore(cfg *config.Config) bool {
	path := c.storePath(cfg)
	if strings.Contains(path, "://") {
		return true
	}
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// errNoStore is what commands say that only look at what has been done.
func (c *call) errNoStore(cfg *config.Config) error {
	return &failure{
		fmt.Sprintf("there is no database %s yet; nothing has been done so far", c.storePath(cfg)),
		"start the service, or do one pass with \"oneonone run --once\"; if it runs elsewhere, name its state directory with --state DIR",
	}
}

// open puts the program together. Without keep, for commands that only look, no
// file is made: where there is no store yet, they work on one in memory.
func (c *call) open(ctx context.Context, cfg *config.Config, keep bool, log *slog.Logger) (*app.App, error) {
	o := app.Options{
		Config: cfg, Credentials: c.credentialsDir(), State: c.stateDir(), Log: log, Version: programVersion(), Transport: c.env.Transport,
	}
	if !keep && !c.hasStore(cfg) {
		forgetful := *cfg
		forgetful.Store = ":memory:"
		o.Config, o.State = &forgetful, ""
	}
	return app.New(ctx, o)
}

// withApp loads the configuration, puts the program together, and closes it
// when do has returned.
func (c *call) withApp(ctx context.Context, keep bool, do func(cfg *config.Config, a *app.App) error) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	a, err := c.open(ctx, cfg, keep, c.say.logger())
	if err != nil {
		return err
	}
	return errors.Join(do(cfg, a), a.Close())
}

// withStore is withApp for commands that need the program's records only: no
// credentials are read and no server is asked.
func (c *call) withStore(ctx context.Context, do func(cfg *config.Config, db *store.DB) error) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if !c.hasStore(cfg) {
		return c.errNoStore(cfg)
	}
	db, err := store.Open(ctx, c.storePath(cfg))
	if err != nil {
		return err
	}
	return errors.Join(do(cfg, db), db.Close())
}

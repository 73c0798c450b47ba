package cli

import (
	"context"
	"log/slog"

	"oneonone/internal/config"
	"oneonone/internal/demo"
)

// watchDemo shows the program at work on calendars of its own.
func watchDemo(ctx context.Context, c *call) error {
	return demo.Run(ctx, demo.Options{
		Google: c.opts.google, Once: c.opts.once, Stdout: c.env.Stdout,
		Log: c.serviceLog(config.Log{Level: slog.LevelWarn, Format: config.LogText}),
	})
}

package cli

// The usage texts are written by hand, to be read. A test keeps them and the
// man page in step with the commands, their flags and the exit statuses.

// usageOf is the usage text of a command, or of the program for "".
func usageOf(command string) string {
	if command == "" {
		return usageProgram
	}
	return usages[command]
}

const usageProgram = `oneonone looks after 1:1 meetings: one that cannot take place is moved to the
nearest free slot instead of being cancelled.

Usage:
    oneonone run      [--once]     run the service, or one pass
    oneonone check    [--online]   check the configuration
    oneonone plan     [--json]     what would be done now, and why
    oneonone explain  ADDRESS      what it thinks of the events with a person
    oneonone log      [--json]     what was done, when and why
    oneonone status   [--json]     how things stand
    oneonone undo     ID|all       put moved meetings back
    oneonone remove                take all marks and links out of the calendars
    oneonone auth     ACCOUNT      sign in to Google
    oneonone demo     [--google]   watch it work, on calendars of its own
    oneonone version               tell the version
    oneonone help     COMMAND      tell more about a command

    --config FILE       the configuration; default configs/oneonone.yaml, then
                        /etc/oneonone/oneonone.yaml
    --state DIR         where a relative store lies; default $STATE_DIRECTORY,
                        then the working directory
    --credentials DIR   where the passwords and Google sign-ins are; default $CREDENTIALS_DIRECTORY

It ends with 0 when all is done, 1 when something failed, 2 when the command line
is wrong, and 78 when the configuration is.

To begin: edit configs/oneonone.yaml, put each account's password into a file, then

    oneonone check --online --credentials DIR
    oneonone plan --credentials DIR

Neither changes anything. oneonone(8) and oneonone.yaml(5) tell everything.
`

var usages = map[string]string{
	"run": `Usage: oneonone run [--once] [--config FILE] [--state DIR] [--credentials DIR]

Runs the service in the foreground: it looks at all calendars every minute (poll),
moves what cannot take place, and serves the agenda pages. The log goes to stderr.
SIGHUP makes it read the configuration again; when that has errors, the old one
stays in force. SIGTERM makes it finish the change under way and end with 0.

    --once   do one pass over every account, print a line for each, and end;
             the status is 1 when some account failed

Example: one pass by hand, with the files of the service

    oneonone run --once --state /var/lib/oneonone --credentials /etc/oneonone/credentials
`,
	"check": `Usage: oneonone check [--online] [--config FILE] [--state DIR] [--credentials DIR]

Reads the configuration and tells what was understood. All errors come at once,
each with its line and column, and the status is then 78.

    --online   also sign in to every account and list its calendars: which hold
               1:1s, which can be written, whether the server tells guests about
               changes, and whether its clock agrees with ours

Nothing is changed. Example:

    oneonone check --online --credentials /etc/oneonone/credentials
`,
	"plan": `Usage: oneonone plan [--json] [--config FILE] [--state DIR] [--credentials DIR]

Looks at all calendars and tells which 1:1s cannot take place as planned, what would
be done about each, what people would be asked, and why. No calendar is changed; only
the service's own copy of them, if there is one, is brought up to date.

    --json   the same for programs; oneonone(8) describes every field

Example: see what the service would do before it is ever started

    oneonone plan --credentials /etc/oneonone/credentials
`,
	"explain": `Usage: oneonone explain ADDRESS [--config FILE] [--state DIR] [--credentials DIR]

Tells about every event with one person whether it is a 1:1, and if not, why not;
what is in its way, which slots were considered, and what is next; then how long the
meetings took, how the rules on rhythm stand, and what was suggested so far. What the
other events are is not told. Nothing is changed. Example:

    oneonone explain bob@example.org
`,
	"log": `Usage: oneonone log [--json] [--config FILE] [--state DIR]

Tells what was suggested and done, when and why, the newest last. The number in front
is the one that "oneonone undo" takes; suggestions have an S before theirs, and cannot
be undone. No server is asked.

    --json   every row, upkeep of links and lines too; oneonone(8) describes them

Example: the last three

    oneonone log --state /var/lib/oneonone | tail -3
`,
	"status": `Usage: oneonone status [--json] [--config FILE] [--state DIR]

Tells from the program's own records how each account is doing, which 1:1s are looked
after and when they take place next, who has not been met for long, which suggestions
wait for an answer, and what could not be placed. No server is asked, and the service
may be running.

    --json   the same for programs; oneonone(8) describes every field

Example:

    oneonone status --state /var/lib/oneonone
`,
	"undo": `Usage: oneonone undo ID|all [--config FILE] [--state DIR] [--credentials DIR]

Puts a meeting that oneonone moved back where it was, or all of them. Only meetings
still to come are put back, and none that a person has touched since. What was put
back is not moved again. The numbers are those of "oneonone log". Example:

    oneonone undo 12
`,
	"remove": `Usage: oneonone remove [--config FILE] [--state DIR] [--credentials DIR]

Takes every mark, line and agenda link of oneonone off every event of all accounts, and
its suggestions and weekly events out of the calendars. Meetings that somebody has said
yes to stay.
Moved meetings stay where they are; "oneonone undo all" puts them back, before this.
Agendas in Google Docs stay too: they hold what people wrote.
Stop the service first: a running one puts its links back. Example:

    systemctl stop oneonone
    oneonone remove --state /var/lib/oneonone --credentials /etc/oneonone/credentials
`,
	"auth": `Usage: oneonone auth ACCOUNT [--config FILE] [--credentials DIR]

Lets the person of a Google account sign in. The credential file of the account is
first the OAuth client (type "Desktop app") that Google's console gives for download;
then it is replaced by what Google grants, readable by its owner alone. It tells an
address to open in a browser, and waits. If that runs on another machine, paste the
address at which it ends. CalDAV accounts and service accounts need no signing in.
Example:

    oneonone auth ann --credentials /etc/oneonone/credentials
`,
	"demo": `Usage: oneonone demo [--google] [--once]

Starts a calendar server inside the program with a week of trouble in it, lets oneonone
work on it, and tells what was wrong, what was done, and why. Then it goes on running,
so that you can point a real calendar program at it, drag a meeting, and watch. It
needs no configuration and touches no other calendar.

    --google   on a fake Google inside the program, instead of a CalDAV server
    --once     end after the first pass

Example:

    oneonone demo
`,
	"version": `Usage: oneonone version

Tells the version of the program.
`,
}

package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"oneonone/internal/config"
)

// maxCredential is more than any password; a larger file is a mistake.
const maxCredential = 64 << 10

// CredentialFile finds the credential file of an account in dir. systemd's
// LoadCredential= of a directory puts its own name in front of each file
// (systemd.exec(5)), so "oneonone_ann" is "ann" too. The error is a *ConfigError.
func CredentialFile(dir string, acc config.Account) (string, error) {
	if dir == "" {
		return "", &ConfigError{
			Problem: fmt.Sprintf("account %q: there is no credentials directory to find %q in", acc.Name, acc.Credential),
			Hint:    "name it with --credentials DIR, or let systemd set it with LoadCredential=",
		}
	}
	for _, name := range []string{acc.Credential, "oneonone_" + acc.Credential} {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
	}
	hint := "write the account's password into it; nobody else should be able to read it"
	if acc.Provider == config.Google {
		hint = "put the JSON file there that Google's console gave you, an OAuth client of the type \"Desktop app\" or the key of a service account; nobody else should be able to read it"
	}
	return "", &ConfigError{
		Problem: fmt.Sprintf("account %q: there is no file %q in %s", acc.Name, acc.Credential, dir),
		Hint:    hint,
	}
}

// credential reads the password of an account from the credentials directory.
// One line feed at the end is not part of the password.
func credential(dir string, acc config.Account) (string, error) {
	path, err := CredentialFile(dir, acc)
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	switch {
	case err != nil:
		return "", &ConfigError{
			Problem: fmt.Sprintf("account %q: the credential %q cannot be read", acc.Name, acc.Credential),
			Hint:    "look at the owner and the mode of the file in " + dir,
		}
	case len(data) > maxCredential:
		return "", &ConfigError{Problem: fmt.Sprintf("account %q: the credential %q is too large to be a password", acc.Name, acc.Credential)}
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if password == "" {
		return "", &ConfigError{Problem: fmt.Sprintf("account %q: the credential %q is empty", acc.Name, acc.Credential)}
	}
	return password, nil
}

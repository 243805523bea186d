#!/usr/bin/env bash
# The programs that tests run against and npm does not bring: a browser, Prometheus, Alertmanager, PostgreSQL,
# an SMTP server, VictoriaMetrics.
# Safe to run again; does nothing when all are there. Tests start their own copies on free ports and never
# use a service that a package may have started.
set -euo pipefail

have() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1; }
have_postgres() { have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

missing=()
have chromium-headless-shell || have chromium || missing+=(chromium)
have prometheus || missing+=(prometheus)
have prometheus-alertmanager || have alertmanager || missing+=(prometheus-alertmanager)
have_postgres || missing+=(postgresql)
have victoria-metrics || missing+=(victoria-metrics)
[ -x /usr/bin/aiosmtpd ] || missing+=(python3-aiosmtpd)

if [ ${#missing[@]} -eq 0 ]; then
  echo "Test peers: all there."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if have sudo && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(none); fi
fi

if ! have apt-get || [ "${as_root[0]:-}" = none ]; then
  echo "Test peers missing: ${missing[*]}" >&2
  if have apt-get; then
    echo "Install them:  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  else
    echo "Install them with this system's package manager, so that chromium, prometheus, alertmanager, initdb and victoria-metrics are found." >&2
  fi
  echo "Without them 'npm test' skips the tests that need them, by name; with CI=true it fails." >&2
  exit 1
fi

echo "Test peers: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
# Chromium without its windows does the same in half the time; older systems have only the whole.
if apt-cache show chromium-headless-shell >/dev/null 2>&1; then missing=("${missing[@]/%chromium/chromium-headless-shell}"); fi
# Not every system packages VictoriaMetrics: its tests are skipped by name then.
wanted=()
for package in "${missing[@]}"; do
  [ "$package" = victoria-metrics ] && ! apt-cache show victoria-metrics >/dev/null 2>&1 && continue
  wanted+=("$package")
done
missing=("${wanted[@]}")
[ ${#missing[@]} -eq 0 ] && exit 0
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "Test peers: installed."

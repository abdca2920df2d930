# Sourced by gate.sh and nightly.sh: reads `--config FILE` into `config`, the options it makes of each command.

config=()
read_arguments() {
  while (($# > 0)); do
    case $1 in
      -h | --help)
        sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
      --config)
        (($# > 1)) || misused "--config expects a file"
        config=(--config "$2")
        shift 2
        ;;
      --config=*)
        config=(--config "${1#*=}")
        shift
        ;;
      *) misused "unknown argument $1" ;;
    esac
  done
  [[ ${#config[@]} -eq 0 || -f ${config[1]} ]] || misused "no composition root at ${config[1]}, seen from $PWD"
}

misused() {
  echo "$1: see $0 --help" >&2
  exit 254
}

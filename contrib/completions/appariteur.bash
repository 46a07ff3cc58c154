# Bash completion for appariteur: commands, options, and files where a file is taken.

_appariteur()
{
	local words=() word command=
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local common="--config --db --help --json --now --quiet --verbose --version"

	# the words of the command, options and their values left out
	local i skip=
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $skip ]]; then
			skip=
		elif [[ $word == --config || $word == --db || $word == --now ]]; then
			skip=1
		elif [[ $word != -* ]]; then
			words+=("$word")
		fi
	done

	case $prev in
	--config | --db | --path)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--rules | --to-dir)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	--cadence)
		mapfile -t COMPREPLY < <(compgen -W "daily weekly instant off" -- "$cur")
		return
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "text html eml" -- "$cur")
		return
		;;
	--language)
		mapfile -t COMPREPLY < <(compgen -W "fr en" -- "$cur")
		return
		;;
	--nature)
		mapfile -t COMPREPLY < <(compgen -W "services supplies works" -- "$cur")
		return
		;;
	esac

	if ((${#words[@]} == 0)) && [[ $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "audit backup codes config digest doctor dossier explain export fetch help import inbox init judgment match notice outbox
			profile quarantine reparse requirement rules run serve source stats verify version webhook" -- "$cur")
		return
	fi
	if ((${#words[@]} == 1)) && [[ $cur != -* ]]; then
		case ${words[0]} in
		config)
			mapfile -t COMPREPLY < <(compgen -W "show" -- "$cur")
			return
			;;
		digest)
			mapfile -t COMPREPLY < <(compgen -W "preview send" -- "$cur")
			return
			;;
		codes)
			mapfile -t COMPREPLY < <(compgen -W "import list" -- "$cur")
			return
			;;
		inbox)
			mapfile -t COMPREPLY < <(compgen -W "read" -- "$cur")
			return
			;;
		audit)
			mapfile -t COMPREPLY < <(compgen -W "draw estimate" -- "$cur")
			return
			;;
		judgment)
			mapfile -t COMPREPLY < <(compgen -W "add export import list remove" -- "$cur")
			return
			;;
		dossier)
			mapfile -t COMPREPLY < <(compgen -W "merge show split" -- "$cur")
			return
			;;
		notice)
			mapfile -t COMPREPLY < <(compgen -W "list search show" -- "$cur")
			return
			;;
		outbox)
			mapfile -t COMPREPLY < <(compgen -W "hold list release retry" -- "$cur")
			return
			;;
		profile)
			mapfile -t COMPREPLY < <(compgen -W "add edit export feed import links list preview remove show
				try" -- "$cur")
			return
			;;
		quarantine)
			mapfile -t COMPREPLY < <(compgen -W "list retry" -- "$cur")
			return
			;;
		requirement)
			mapfile -t COMPREPLY < <(compgen -W "add candidates close edit import list log publish show" -- "$cur")
			return
			;;
		rules)
			mapfile -t COMPREPLY < <(compgen -W "activate backtest check diff export history import list rollback
				show test tune" -- "$cur")
			return
			;;
		source)
			mapfile -t COMPREPLY < <(compgen -W "disable enable list test" -- "$cur")
			return
			;;
		stats)
			mapfile -t COMPREPLY < <(compgen -W "coverage incidents" -- "$cur")
			return
			;;
		webhook)
			mapfile -t COMPREPLY < <(compgen -W "add enable list remove send" -- "$cur")
			return
			;;
		esac
	fi

	if [[ $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	command="${words[*]:0:2}"
	case $command in
	"codes import")
		common+=" --language --list"
		;;
	"digest preview")
		common+=" --format"
		;;
	"digest send")
		common+=" --dry-run --smtp --to-dir"
		;;
	doctor | "doctor "*)
		common+=" --network"
		;;
	explain | "explain "*)
		common+=" --no-gates"
		;;
	fetch | "fetch "*)
		common+=" --since --until"
		;;
	init | "init "*)
		common+=" --rules"
		;;
	match | "match "*)
		common+=" --all --no-gates --since"
		;;
	export)
		common+=" --all --cpv --dossier --format --kind --limit --place --since --source --until"
		;;
	"notice list")
		common+=" --all --cpv --dossier --full --kind --limit --place --since --source --until"
		;;
	"notice search")
		common+=" --all --cpv --dossier --full --kind --limit --place --since --source --until"
		;;
	"notice show")
		common+=" --full"
		;;
	"inbox read")
		common+=" --maildir"
		;;
	"outbox list")
		common+=" --all"
		;;
	"profile add")
		common+=" --id --pending --cadence --description --effort --email --hour --language
			--name --quiet-days --reminders --siren --timezone --cpv --exclude --field --keyword
			--max --min --nature --place"
		;;
	"profile preview")
		common+=" --examples"
		;;
	"profile edit")
		common+=" --add-cpv --add-exclude --add-field --add-keyword --add-place --remove-cpv --remove-exclude
			--remove-field --remove-keyword --remove-place --cadence --description --effort --email --hour --language
			--name --quiet-days --reminders --siren --timezone --cpv --exclude --field --keyword --max --min --nature --place"
		;;
	"webhook add")
		common+=" --shape"
		;;
	"profile feed")
		common+=" --format"
		;;
	"profile links")
		common+=" --renew"
		;;
	"profile import")
		common+=" --pending"
		;;
	"profile try")
		common+=" --limit --text --cpv --exclude --field --keyword --max --min --nature --place"
		;;
	"quarantine retry")
		common+=" --all"
		;;
	"requirement add")
		common+=" --amount --buyer --city --cpv --deadline --department --description --draft --email --id
			--nature --place --siret --title"
		;;
	"requirement edit")
		common+=" --amount --buyer --city --cpv --deadline --department --description --email
			--nature --place --siret --title"
		;;
	"requirement import")
		common+=" --draft"
		;;
	"requirement candidates")
		common+=" --near --no-gates --waterfall"
		;;
	"requirement list")
		common+=" --all"
		;;
	"audit draw")
		common+=" --pairs --seed --since"
		;;
	"judgment add")
		common+=" --golden --note --reader --reason"
		;;
	"judgment import")
		common+=" --complete --golden"
		;;
	"judgment list" | "judgment export")
		common+=" --golden --notice --profile"
		;;
	"rules activate" | "rules rollback")
		common+=" --author --no-match --why"
		;;
	"rules export")
		common+=" --ruleset"
		;;
	"rules backtest")
		common+=" --against --by --examples --rules --since --until"
		;;
	"rules tune")
		common+=" --lambda --since --write"
		;;
	"rules import")
		common+=" --author --why"
		;;
	"rules list")
		common+=" --path"
		;;
	"rules show")
		common+=" --hits --path"
		;;
	run | "run "*)
		common+=" --once --to-dir"
		;;
	serve | "serve "*)
		common+=" --listen"
		;;
	"stats coverage" | "stats incidents")
		common+=" --since --source --until"
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$common" -- "$cur")
}

complete -o filenames -F _appariteur appariteur

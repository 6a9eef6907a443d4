# bash completion for stance(1)

_stance() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} sub=${COMP_WORDS[2]}
    local common='-c --endpoint --key --server-key --help' words=
    COMPREPLY=()
    case $prev in
        --format) words='auto text jsonl ninjs' ;;
        --where) words='act= quad= source= target= source_role= target_role= stance= issue= reported_by= confidence=' ;;
        --key) mapfile -t COMPREPLY < <(compgen -f -X '!*.key' -- "$cur"); return ;;
        --server-key) mapfile -t COMPREPLY < <(compgen -f -X '!*.pub' -- "$cur"); return ;;
        --dir | --allow) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
        -c) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
        --timeout | --window | --count | --from | --endpoint | --control | --stream) return ;;
    esac
    if [ -z "$words" ]; then
        if [ "$COMP_CWORD" = 1 ]; then
            words='feed watch status dead keys --help --version'
        else
            case $command in
                feed) words="--format --window --timeout --quiet $common" ;;
                watch) words="--from --live --where --json --count --until-idle --control --stream $common" ;;
                status) words="--json --timeout $common" ;;
                dead)
                    words="--json --all --timeout $common"
                    [ "$COMP_CWORD" = 2 ] && words='list show retry drop'
                    ;;
                keys)
                    words='-c --dir --allow --help'
                    [ "$COMP_CWORD" = 2 ] && words='new allow list revoke'
                    case $COMP_CWORD-$sub in 3-allow | 3-list | 3-revoke) words='feeder worker follower operator' ;; esac
                    ;;
            esac
        fi
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    case $command-$sub-$COMP_CWORD-$cur in
        feed-*-[2-9]*-[!-]* | feed-*-[2-9]*-) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur") ;;
        keys-allow-4-*) mapfile -t COMPREPLY < <(compgen -f -X '!*.pub' -- "$cur") ;;
    esac
    [ "$prev" = --where ] && compopt -o nospace
    return 0
}
complete -o filenames -F _stance stance

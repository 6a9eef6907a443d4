#!/bin/sh
# The pages that are made of what is written elsewhere, so that nothing is said twice:
#   man/generate.sh DIRECTORY      stanced.conf.5, stance-lexicon.5, stance-protocol.7, and those of man/ with their date
# SOURCE_DATE_EPOCH is the date (default: now).
set -eu
cd "$(dirname "$0")/.."
out=$1
mkdir -p "$out"
day=$(LC_ALL=C date -u -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}" '+%B %-d, %Y')

for page in man/*.[1-8]; do
    sed "s/^\.Dd .*/.Dd $day/" "$page" >"$out/$(basename "$page")"
done

# Text of comments for mdoc: backslashes, and lines that would be requests.
escape='s/\\/\\e/g; s/^\([.'\'']\)/\\\&\1/'

head() { # NAME SECTION DESCRIPTION
    printf '.Dd %s\n.Dt %s %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n' "$day" \
        "$(echo "$1" | tr '[:lower:]' '[:upper:]')" "$2" "$1" "$3"
}

{
    head stanced.conf 5 'configuration of stanced'
    printf '.Sh DESCRIPTION\n'
    sed "$escape" config/stanced.conf | awk '
        /^\[/ { name = $0; gsub(/[][]/, "", name); if (open) print ".El"; print ".Ss " name; print ".Bl -tag -width Ds"; open = 1; next }
        /^# / { text = text substr($0, 3) "\n"; next }
        /^#/  { key = $0; sub(/^#/, "", key); split(key, part, / *= */)
                print ".It Cm " part[1] (part[2] == "" ? "" : " No = " part[2]); printf "%s", text; text = ""; next }
        /^$/  { if (!open && text != "") { printf "%s", text; text = "" } }
        END   { if (open) print ".El" }' | sed 's/\([.:]\) \([A-Z(]\)/\1\n\2/g'
    printf '.Sh SEE ALSO\n.Xr stance 1 ,\n.Xr stanced 8\n'
} >"$out/stanced.conf.5"

{
    head stance-lexicon 5 'ontology, issues and lexicon of stanced'
    printf '.Sh DESCRIPTION\n'
    printf 'Plain text that may be edited, in\n.Pa /usr/share/stanced\nor in folders that\n.Xr stanced.conf 5\nnames.\n'
    printf 'A line that begins with # is a comment; a wrong line is named when it is read, and what was read before stays.\n'
    for file in config/ontology.tsv config/issues.tsv config/lexicon/*.tsv; do
        printf '.Ss %s\n.Bd -literal\n' "${file#config/}"
        awk '/^#/ { print substr($0, 3); next } { exit }' "$file" | expand | sed "$escape"
        printf '.Ed\n'
    done
    printf '.Sh SEE ALSO\n.Xr stance-code 1 ,\n.Xr stanced.conf 5 ,\n.Xr stance-worker 8\n'
} >"$out/stance-lexicon.5"

LC_ALL=C.UTF-8 lowdown -s -tman -M title=stance-protocol -M section=7 -M "date=$day" proto/PROTOCOL.md | awk '
    /^\.SH/ && !named { print ".SH NAME\nstance-protocol \\- the protocol of stanced"; named = 1 }
    /^\.(PP|LP)$/ && title { title = 0; next }
    { gsub(/\\fC/, "\\fB"); title = title == 2 ? 1 : 0; if (/^\.S[HS]/) title = 2; print }' >"$out/stance-protocol.7"

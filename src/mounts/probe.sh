#!/bin/sh
# inspector-audit mount probe, format 1. Read-only: says which network and S3 file systems this host mounts.
#
# It opens files of /proc, /etc, /run/efs, the mount helper's log and what Inspector left on the host; see
# `inspector-audit explain probe`. It never opens, lists or stats anything at or below a mount point of a network file
# system, for a dead server would hang it. One record a line, fields parted by tabs, `E` last.
set -u
set -f
LC_ALL=C
export LC_ALL
umask 077
ROOT=${EFSPROBE_ROOT:-} # another root for tests; empty on a host
ROOM=20000              # bytes of records; Systems Manager keeps 24,000 characters
LONG=1024               # bytes of a path that are worth printing
SP=' '
TAB=$(printf '\t')
NL='
'
out='' count=0 cut=0 live_ids=''                 # what is printed
remote='' nfs_points='' fuse_points='' triggers='' # mount points, one a line
loop_ports='' state_ports='' fstab_points='' read_maps=''

# Adds a record; fails where there is no room.
add() {
  record=$1
  shift
  for field in "$@"; do record=$record$TAB$field; done
  if [ $((${#out} + ${#record})) -ge "$ROOM" ]; then return 1; fi
  out=$out$record$NL
  count=$((count + 1))
}

# Adds a record without which a mount would be missing, or counts it as left out.
emit() {
  add "$@" || cut=$((cut + 1))
}

# Sets `short` to a path or source, or to `?` where it is too long.
shorten() {
  short=$1
  if [ "${#short}" -gt "$LONG" ]; then short='?'; fi
}

# Notes a file system that is certainly mounted. The list is printed first, so an output cut in the middle still has it.
note_id() {
  case $1 in fs-*) ;; *) return ;; esac
  case ${1#fs-} in '' | *[!0-9a-f]*) return ;; esac
  case " $live_ids " in *" $1 "*) return ;; esac
  if [ "${#live_ids}" -lt 1500 ]; then live_ids="$live_ids $1"; else cut=$((cut + 1)); fi
}

# Whether a path can be opened without touching a network file system: no mount point and no symbolic link on its way.
is_local() {
  walked=
  ahead=${1#/}
  while :; do
    walked=$walked/${ahead%%/*}
    case "$NL$remote" in *"$NL$walked$NL"*) return 1 ;; esac
    if [ -h "$ROOT$walked" ]; then return 1; fi
    case $ahead in */*) ahead=${ahead#*/} ;; *) return 0 ;; esac
  done
}

# Whether a path is a regular file that can be read without touching a network file system.
is_safe_file() {
  is_local "$1" && [ -f "$ROOT$1" ] && [ -r "$ROOT$1" ]
}

# Sets `kept` to the options of $1 that tell a server; the rest is nobody's business.
keep_options() {
  kept=
  port=2049
  loop=no
  IFS=,
  for option in $1; do
    case $option in
      vers=* | nfsvers=* | port=* | addr=* | mounttargetip=*) kept=$kept,$option ;;
    esac
    case $option in
      port=*) port=${option#port=} ;;
      addr=127.* | addr=::1) loop=yes ;;
    esac
  done
  IFS=$SP
  kept=${kept#,}
}

# Sets `plain` to a source without what may stand for a password in it.
without_credentials() {
  plain=${1##*@}
  plain=${plain%%\?*}
}

# --- M: mounts in the namespace of process 1, which is what a scanner on the host sees
table=$ROOT/proc/1/mountinfo
rows=$(grep -E ' - (nfs4?|fuse|fuse\.[^ ]*|autofs|lustre|cifs|smb3|9p|virtiofs|ceph|afs) ' "$table" 2>/dev/null)
if [ $? -gt 1 ] || ! [ -r "$table" ]; then emit '?' 'no mount table'; fi
IFS=$NL
for row in $rows; do
  IFS=$SP
  # shellcheck disable=SC2086 # one field a word is wanted, globbing is off
  set -- ${row%% - *}
  point=${5:-?}
  row=${row#* - }
  type=${row%% *}
  row=${row#* }
  source=${row%% *}
  case $type in
    autofs)
      case $point in /proc/*) continue ;; esac
      triggers="$triggers$point $source$NL"
      remote=$remote$point$NL
      continue
      ;;
    fuse.lxcfs | fuse.snapfuse | fuse.squashfuse | fuse.gvfsd-fuse | fuse.portal) continue ;;
  esac
  remote=$remote$point$NL
  keep_options "${row#* }"
  case $type in
    nfs | nfs4) nfs_points=$nfs_points$point$NL ;;
    fuse | fuse.*)
      fuse_points=$fuse_points$point$NL
      without_credentials "$source"
      source=$plain
      ;;
    lustre | cifs | smb3) ;;
    *) continue ;;
  esac
  case $source in 127.*:* | localhost:* | localhost.*:* | "[::1]:"*) loop=yes ;; esac
  case $type$loop in nfs*yes) loop_ports="$loop_ports $port" ;; esac
  host=${source%%:*}
  case $type$host in
    nfs*fs-*.efs.*)
      host=${host%%.efs.*}
      note_id "${host##*.}"
      ;;
  esac
  shorten "$source"
  source=$short
  shorten "$point"
  emit M - - "$short" "$type" "$source" "$kept"
done
IFS=$SP

# --- O: system and namespaces. Read as text: to source os-release would run it. 4026531836 is the first PID namespace.
system='?'
version='?'
for file in /etc/os-release /usr/lib/os-release; do
  is_safe_file "$file" || continue
  system=$(grep '^ID=' "$ROOT$file" | head -n 1 | tr -d '"')
  version=$(grep '^VERSION_ID=' "$ROOT$file" | head -n 1 | tr -d '"')
  break
done
system=${system#ID=}
version=${version#VERSION_ID=}
case $system in '' | *[!A-Za-z0-9._-]*) system='?' ;; esac
case $version in '' | *[!A-Za-z0-9._-]*) version='?' ;; esac
ours=$(readlink "$ROOT/proc/self/ns/mnt" 2>/dev/null) || ours='?'
first=$(readlink "$ROOT/proc/1/ns/mnt" 2>/dev/null) || first='?'
pids=$(readlink "$ROOT/proc/self/ns/pid" 2>/dev/null) || pids='?'
if [ "$ours" = '?' ] || [ "$first" = '?' ] || [ "$pids" = '?' ]; then
  namespace=unknown
elif [ "$ours" = "$first" ] && [ "$pids" = 'pid:[4026531836]' ]; then
  namespace=same
else
  namespace=differs
fi
emit O "$system" "$version" "mntns=$namespace"

# --- S: state files of amazon-efs-utils. The name counts: file system, mount point with dots, port. The JSON may be broken.
folder=
for path in /run/efs /var/run/efs; do
  if is_local "$path" && [ -d "$ROOT$path" ]; then
    folder=$ROOT$path
    break
  fi
done
if [ -n "$folder" ]; then
  if ! [ -r "$folder" ] || ! [ -x "$folder" ]; then emit '?' 'the state files cannot be read'; fi
  set +f
  all_ports=
  for file in "$folder"/fs-* "$folder"/~fs-*; do all_ports="$all_ports ${file##*.} "; done
  for file in "$folder"/fs-* "$folder"/~fs-*; do
    set -f
    name=${file##*/}
    name=${name#\~}
    id=${name%%.*}
    port=${name##*.}
    case ${id#fs-} in '' | *[!0-9a-f]*) continue ;; esac
    case $port in '' | *[!0-9]* | ??????*) continue ;; esac
    # A state without its mount is stale and says nothing.
    case "$loop_ports " in *" $port "*) ;; *) continue ;; esac
    if [ -h "$file" ] || ! [ -f "$file" ]; then continue; fi
    dotted=${name#*.}
    dotted=${dotted%.*}
    # The path matters only where two states have one port.
    case $all_ports in *" $port "*" $port "*) ;; *) dotted='?' ;; esac
    case $dotted in *"$TAB"* | *"$NL"*) dotted='?' ;; esac
    shorten "$dotted"
    json=$(dd if="$file" bs=4096 count=1 2>/dev/null | tr -d '\000')
    service=efs
    value=${json#*\"service_type\"}
    case $json in *'"service_type"'*) case ${value%%,*} in *s3files*) service=s3files ;; esac ;; esac
    connect=name
    config=$folder/stunnel-config.$name
    if ! [ -h "$config" ] && [ -f "$config" ] && [ -r "$config" ]; then
      value=$(grep '^connect = ' "$config" 2>/dev/null | head -n 1)
      connect=${value#connect = }
      case $connect in *[!0-9.:]* | '') connect=name ;; esac
    fi
    state_ports="$state_ports $port"
    if [ "$service" = efs ]; then note_id "$id"; fi
    emit S "$id" "$port" "$short" "$service" - - "$connect" live=1
  done
  set -f
fi

# --- L: what the mount helper logged, for loopback mounts that no state file explains
lost=no
for port in $loop_ports; do
  case "$state_ports " in *" $port "*) ;; *) lost=yes ;; esac
done
if [ "$lost" = yes ] && is_safe_file /var/log/amazon/efs/mount.log; then
  rows=$(grep -F 'Successfully mounted ' "$ROOT/var/log/amazon/efs/mount.log" 2>/dev/null | tail -n 20)
  IFS=$NL
  for row in $rows; do
    row=${row##*Successfully mounted }
    case $row in *"$TAB"*) continue ;; esac
    shorten "${row#* at }"
    emit L "${row%% at *}" "$short"
  done
  IFS=$SP
fi

# --- F: lines of fstab, which may be mounted later
if is_safe_file /etc/fstab; then
  while IFS= read -r row || [ -n "$row" ]; do
    IFS=$SP$TAB
    # shellcheck disable=SC2086
    set -- $row
    IFS=$SP
    if [ $# -lt 3 ]; then continue; fi
    case $1 in '#'*) continue ;; esac
    point=$2
    case $point in /*[!/]/) point=${point%/} ;; esac
    fstab_points=$fstab_points$point$NL
    case $3 in
      efs | s3files | nfs | nfs4 | lustre) plain=$1 ;;
      mount-s3 | s3fs | fuse | fuse.*) without_credentials "$1" ;;
      *) case $1 in s3fs\#* | s3://*) without_credentials "$1" ;; *) continue ;; esac ;;
    esac
    keep_options "${4:-}"
    shorten "$plain"
    plain=$short
    shorten "$point"
    emit F "$plain" "$short" "$3" "$kept"
  done <"$ROOT/etc/fstab"
  IFS=$SP
elif [ -h "$ROOT/etc/fstab" ] || [ -f "$ROOT/etc/fstab" ]; then
  emit '?' 'fstab was not read'
fi

# --- A: entries of automounter maps. A map that is a program is not run.
maps=
if is_local /etc/auto.master.d; then maps=$ROOT/etc/auto.master.d; fi
set +f
for file in "$ROOT"/etc/auto.* ${maps:+"$maps"/*}; do
  set -f
  path=${file#"$ROOT"}
  is_safe_file "$path" || continue
  case $path in *"$TAB"* | *"$NL"*) continue ;; esac
  if [ -x "$file" ]; then continue; fi
  whole=yes
  while IFS= read -r row || [ -n "$row" ]; do
    case $row in *\\) whole=no ;; esac
    IFS=$SP$TAB
    # shellcheck disable=SC2086
    set -- $row
    IFS=$SP
    key=${1:-#}
    case $key in '#'*) continue ;; '+'*) whole=no && continue ;; esac
    for word in "$@"; do
      case $word in
        -* | "$key") ;;
        *:*)
          without_credentials "$word"
          shorten "$plain"
          emit A "$path" "$key" "$short"
          ;;
      esac
    done
  done <"$file"
  if [ "$whole" = yes ]; then read_maps=$read_maps$path$NL; fi
done
set -f
IFS=$NL
for row in $triggers; do
  IFS=$SP
  point=${row%% *}
  source=${row#* }
  case "$NL$fstab_points" in *"$NL$point$NL"*) continue ;; esac
  case $source:$point in systemd-1:/boot | systemd-1:/efi | systemd-1:/boot/efi | -hosts:*) continue ;; esac
  if grep -v ' - autofs ' "$table" | cut -d ' ' -f 5 | grep -F -x -q -- "$point"; then continue; fi
  kept=
  case "$NL$read_maps" in *"$NL$source$NL"* | *"$NL/etc/$source$NL"*) kept=map=read ;; esac
  shorten "$source"
  source=$short
  shorten "$point"
  emit M - - "$short" autofs "$source" "$kept"
done
IFS=$SP

# --- T: servers that process 1's network has connections to on port 2049 (0801); hexadecimal as the kernel prints it
peers=
for file in tcp tcp6; do
  rows=$(grep -E ':0801 0[18] ' "$ROOT/proc/1/net/$file" 2>/dev/null | head -n 500)
  IFS=$NL
  for row in $rows; do
    IFS=$SP
    # shellcheck disable=SC2086
    set -- $row
    peer=${3:-}
    case $peer in *:0801) peer=${peer%:*} ;; *) continue ;; esac
    case "$peers " in *" $peer "*) continue ;; esac
    if [ "${#peers}" -lt 1000 ]; then peers="$peers $peer"; else cut=$((cut + 1)); fi
  done
  IFS=$SP
done
if [ -n "$peers" ]; then emit T "${peers# }"; fi

# --- X: buckets of S3 mounts, from the arguments of their processes. Only what reads like a bucket is printed.
if [ -n "$fuse_points" ]; then
  limit=
  if command -v timeout >/dev/null 2>&1; then limit='timeout 2'; fi
  set +f
  for file in "$ROOT"/proc/[0-9]*/comm; do
    set -f
    tool=
    { read -r tool <"$file"; } 2>/dev/null
    case $tool in mount-s3 | s3fs | goofys | geesefs | riofs) ;; *) continue ;; esac
    before=
    found=
    # shellcheck disable=SC2086
    words=$($limit tr '\n\000' '?\n' <"${file%comm}cmdline" 2>/dev/null | head -n 200)
    IFS=$NL
    for word in $words; do
      case $word in /*[!/]/) word=${word%/} ;; esac
      case $word in
        /dev/fd/[0-9]*) found='?' ;;
        /*) case "$NL$fuse_points" in *"$NL$word$NL"*) found=$word ;; esac ;;
      esac
      if [ -n "$found" ]; then break; fi
      before=$word
    done
    IFS=$SP
    before=${before#s3://}
    before=${before%/}
    case $before in '' | -* | *[!a-z0-9.:/-]*) before='?' ;; esac
    if [ "${#before}" -gt 200 ]; then before='?'; fi
    shorten "${found:-?}"
    emit X "$tool" "$before" "$short"
  done
  set -f
fi

# --- P: Inspector's scanners
scanners=
if is_local /opt/aws/inspector/bin && [ -f "$ROOT/opt/aws/inspector/bin/inspectorssmplugin" ]; then scanners=ssm-plugin; fi
for path in /usr/lib/systemd/system /lib/systemd/system /etc/systemd/system; do
  is_local "$path" || continue
  file=$ROOT$path/inspector-vm-scanner.timer
  if [ -h "$file" ] || [ -f "$file" ]; then
    scanners=$scanners+vm-scanner
    break
  fi
done
scanners=${scanners#+}
emit P "${scanners:-none}"

# --- B: bytes read from each NFS server since the mount. Like W it adds to what is known: without room it is let go.
if [ -n "$nfs_points" ]; then
  rows=$(grep -E '^device .* with fstype nfs|^[[:space:]]*bytes:' "$ROOT/proc/1/mountstats" 2>/dev/null)
  point=
  IFS=$NL
  for row in $rows; do
    IFS=$SP$TAB
    # shellcheck disable=SC2086
    set -- $row
    IFS=$SP
    case $row in
      device\ *)
        point=${row#* mounted on }
        point=${point%% with fstype *}
        ;;
      *) if [ -n "$point" ] && [ "${#point}" -le "$LONG" ]; then add B "$point" - "${6:-?}"; fi ;;
    esac
  done
  IFS=$SP
fi

# --- W: what Inspector's plugin listed below a mount point
listed=/opt/aws/inspector/var/output/packages.txt
if is_safe_file "$listed"; then
  IFS=$NL
  for point in $nfs_points$fuse_points; do
    case $point in *[!A-Za-z0-9/_.~-]* | /) continue ;; esac
    pattern=
    ahead=$point
    while :; do
      case $ahead in *.*) ;; *) break ;; esac
      pattern=$pattern${ahead%%.*}"[.]"
      ahead=${ahead#*.}
    done
    lines=$(grep -E -c "(^|[^A-Za-z0-9_.~/-])$pattern$ahead/" "$ROOT$listed" 2>/dev/null)
    if [ "${lines:-0}" -gt 0 ] && [ "${#point}" -le "$LONG" ]; then add W "$point" "$lines"; fi
  done
  IFS=$SP
fi

printf 'EFSPROBE\t1\nI\t%s\n%sE\t%s\t%s\n' "${live_ids# }" "$out" "$count" "$cut"
exit 0

# shellcheck shell=sh
# Run "NAME=VALUE... COMMAND..." in a file system as Docker would, by replay.py: in name spaces of its own, so that every
# mount is gone afterwards. /proc, a /dev of a few devices, 64 MB of /dev/shm, and the machine's name servers.
set -eu
root="$CONTAINER_ROOT"

mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
ln -s /proc/self/fd/0 "$root/dev/stdin"
ln -s /proc/self/fd/1 "$root/dev/stdout"
ln -s /proc/self/fd/2 "$root/dev/stderr"
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777,size=64m shm "$root/dev/shm"
if [ -n "$CONTAINER_CERTIFICATES" ]; then
    cp "$CONTAINER_CERTIFICATES" "$root/dev/host-certificates.pem"
fi
for file in resolv.conf hosts; do
    : >>"$root/etc/$file"
    mount --bind "/etc/$file" "$root/etc/$file"
done

if [ -n "$CONTAINER_DATA" ]; then
    mount --bind "$CONTAINER_DATA" "$root/data"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    mount -o remount,ro,bind "$root"
fi

# USER is "uid:gid", or a name that is also its group's.
exec chroot "$root" /usr/bin/env -i \
    setpriv --reuid "${CONTAINER_USER%:*}" --regid "${CONTAINER_USER#*:}" --clear-groups --no-new-privs \
    env --chdir "$CONTAINER_FOLDER" "$@"

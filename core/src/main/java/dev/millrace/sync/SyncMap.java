package dev.millrace.sync;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A map that many threads read and write at once.
///
/// ```java
/// var sessions = new SyncMap<String, Session>();
/// var session = sessions.loadOrStore(id, new Session(id)).value(); // all get the one that was first
/// sessions.range((key, s) -> {
///     s.ping();
///     return true; // and go on
/// });
/// ```
///
/// No operation waits for another thread, but for the moment that it takes to write next to the same place. Reading takes no
/// lock.
///
/// **No nulls.** A null key or value is a [NullPointerException]. Thus null as an answer says one thing: the key was not there.
///
/// **Equality.** Keys by `equals` and `hashCode`, which must not change while a key is in the map. [#compareAndSwap] and
/// [#compareAndDelete] compare values by `equals`, asked of their argument `old`. These methods of keys and values run while
/// a part of the map is locked: they must not use the map.
///
/// **At one instant.** Each operation on a key happens at one instant, and so does [#clear]. [#range] and [#snapshot] do
/// not: they go over the map while others change it.
///
/// **Memory.** What happens before a write of a key is visible after a read that sees it. Reads are [#load], [#contains],
/// [#loadOrStore], [#loadAndDelete], [#swap], [#compareAndSwap], [#compareAndDelete] and each visit of [#range]. Writes are
/// [#store], [#delete], [#loadAndDelete], [#swap], [#clear], and the other three when they changed something.
///
/// **Compared with Go.** `sync.Map`, the same operations with the same answers, but for nulls, which Go allows. What Go calls
/// uncomparable does not exist here. Like there, it has no length, and is not a `Map`: an iterator, a view or a function
/// that runs inside would promise what cannot be kept. Where you want `computeIfAbsent`, `size` or streams, take a
/// [ConcurrentHashMap]: this class is one, with Go's names, a `clear` that is one step and a `range` that shows no key
/// twice. To compute a value once for all who ask, no map is needed but a single flight.
public final class SyncMap<K, V> {
    // Replaced as a whole by clear. Who has read the old one and writes there was first: its operation began before the clear.
    private volatile ConcurrentHashMap<K, V> map = new ConcurrentHashMap<>();

    /// An empty map.
    public SyncMap() {}

    /// What [#loadOrStore] answers.
    ///
    /// @param value what the key has now
    /// @param loaded whether it was there before
    public record Loaded<V>(V value, boolean loaded) {}

    private static <K> K key(K key) {
        return Objects.requireNonNull(key, "key is null: a SyncMap has no null keys");
    }

    private static <V> V value(V value) {
        return Objects.requireNonNull(value,
                "value is null: a SyncMap has no null values; to take the key out, delete it");
    }

    /// The value of `key`; null when there is none.
    public @Nullable V load(K key) {
        return map.get(key(key));
    }

    /// Whether `key` has a value. May have changed by the time you look at the answer.
    public boolean contains(K key) {
        return load(key) != null;
    }

    /// Gives `key` the value `value`.
    public void store(K key, V value) {
        map.put(key(key), value(value));
    }

    /// The value of `key` if it has one, with `loaded` true; else gives it `value`, and answers that with `loaded` false.
    public Loaded<V> loadOrStore(K key, V value) {
        ConcurrentHashMap<K, V> map = this.map;
        V there = map.get(key(key)); // without a lock, for the usual case
        if (there == null) {
            var mine = new Loaded<>(value(value), false); // before the write: who finds no memory has stored nothing
            there = map.putIfAbsent(key, value);
            if (there == null) {
                return mine;
            }
        } else {
            value(value);
        }
        return new Loaded<>(there, true);
    }

    /// Takes `key` out, and answers what it had; null when it was not there (Go's `loaded` is "not null").
    public @Nullable V loadAndDelete(K key) {
        ConcurrentHashMap<K, V> map = this.map;
        return map.get(key(key)) == null ? null : map.remove(key); // the look takes no lock
    }

    /// Takes `key` out if it is there.
    public void delete(K key) {
        loadAndDelete(key);
    }

    /// Gives `key` the value `value`, and answers what it had before; null when it was not there (Go's `loaded` is "not null").
    public @Nullable V swap(K key, V value) {
        return map.put(key(key), value(value));
    }

    /// Gives `key` the value `value` if it has one that equals `old`. False when not; so always when `old` is null, also when
    /// `key` is not there.
    public boolean compareAndSwap(K key, @Nullable V old, V value) {
        key(key);
        value(value);
        ConcurrentHashMap<K, V> map = this.map;
        return old != null && has(map, key, old) && map.replace(key, old, value);
    }

    /// Takes `key` out if its value equals `old`. False when not; so always when `old` is null, also when `key` is not there.
    public boolean compareAndDelete(K key, @Nullable V old) {
        key(key);
        ConcurrentHashMap<K, V> map = this.map;
        return old != null && has(map, key, old) && map.remove(key, old);
    }

    /// A look, without the lock that the JDK's map takes before it compares.
    private static <K, V> boolean has(ConcurrentHashMap<K, V> map, K key, V old) {
        V there = map.get(key);
        return there == old || (there != null && old.equals(there));
    }

    /// Shows keys and their values to `body`, in no order, until that answers false or all were shown.
    ///
    /// A key that is there during the whole call is shown exactly once; one that comes or goes meanwhile, once or not at
    /// all; none is shown twice. The value is the one that the key has when its turn comes, so what `body` changes shows in
    /// what follows. `body` may call everything, also on the key that it is shown; it runs under no lock, and holds nobody
    /// up. When it throws, the call ends with that.
    ///
    /// Takes memory for the keys that were shown; once more than eight were, for all that are there then.
    public void range(BiPredicate<? super K, ? super V> body) {
        Objects.requireNonNull(body, "body");
        ConcurrentHashMap<K, V> map = this.map;
        if (map.isEmpty()) {
            return;
        }
        var keys = new Distinct<K>(map.keySet().iterator());
        for (K key = keys.next(); key != null; key = keys.next()) {
            V value = load(key);
            if (value != null && !body.test(key, value)) {
                return;
            }
        }
    }

    /// Takes all keys out, at one instant.
    public void clear() {
        map = new ConcurrentHashMap<>();
    }

    /// A copy that nobody can change, for logs and tests. Not what was there at one instant: while it is made others may write.
    public Map<K, V> snapshot() {
        return Collections.unmodifiableMap(new HashMap<>(map));
    }

    /// For people: how many keys, and not which: `sync.Map (3 keys)`.
    @Override
    public String toString() {
        return "sync.Map (" + map.mappingCount() + " keys)";
    }
}

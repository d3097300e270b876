package dev.millrace.sync;

import dev.millrace.internal.Stash;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Objects that nobody needs at the moment and somebody may need soon: so that they are not made again and again.
///
/// ```java
/// static final Pool<ByteBuffer> BUFFERS = Pool.of(() -> ByteBuffer.allocate(64 * 1024));
///
/// var buffer = BUFFERS.get();
/// try {
///     fill(buffer.clear()); // it is as its last user left it
/// } finally {
///     BUFFERS.put(buffer);
/// }
/// ```
///
/// It is for memory only: for what is large or costly to make, is used for a short time, and may be forgotten. An item that
/// nobody has taken between two garbage collections is dropped, and under memory pressure all are, at any moment and without
/// a word. There is no bound on how many are there, none on how many are made, and nobody closes one.
///
/// So it is **not for connections**, files, threads or whatever else has to be closed or counted. Take a library made for
/// that, or, for a handful of equal things, a channel that holds them:
///
/// ```java
/// var idle = Chan.<Connection>buffered(10); // filled at the start, abandoned at the end: what is in it is closed
/// var connection = idle.receive(ctx);       // waits until one is free
/// try {
///     use(connection);
/// } finally {
///     idle.send(connection);
/// }
/// ```
///
/// (To open them only when they are needed, let a weighted semaphore count those that exist.)
///
/// No operation waits, but for the moment that another thread needs to put an item in its place or take it. So there is nothing that
/// could stand in a select.
///
/// **One item, one user.** What was put once is given to one getter at most. Who goes on using an item after it was put, or
/// puts it twice, shares it with a stranger; nobody can tell.
///
/// **Order.** None is promised. A thread that puts an item and then gets one receives that item as long as no other thread
/// uses the pool and no collection came between: what was put last is likely to be in the processor's cache. Threads keep to
/// different places of the pool, and look at the others' when theirs is empty. An item may be lost when two threads put at
/// the same time, as if a collection had dropped it. Within a serial bubble, whose runs repeat, collections count for nothing.
///
/// **Memory.** What happens before a put is visible after the get that answers the item.
///
/// **Compared with Go.** `sync.Pool`: the same, with its `New` fixed at the start; what was not used survives one collection
/// and is gone after the next one. Which collections count is the collector's affair: most count those of young objects.
/// [#drain] is ours.
///
/// @param <T> what it holds; may be nullable only for what [#get] answers
public final class Pool<T extends @Nullable Object> {
    private final Stash stash = new Stash();
    private final @Nullable Supplier<? extends T> factory;

    private Pool(@Nullable Supplier<? extends T> factory) {
        this.factory = factory;
    }

    /// A pool that makes an item by `factory` when it has none.
    public static <T extends @Nullable Object> Pool<T> of(Supplier<? extends T> factory) {
        return new Pool<>(Objects.requireNonNull(factory, "factory"));
    }

    /// A pool that answers null when it has no item.
    public static <T> Pool<@Nullable T> withoutFactory() {
        return new Pool<>(null);
    }

    /// Takes an item out; makes one by the factory when there seems to be none, and answers null when there is no factory either.
    /// It may miss an item that is put at the same time. An item is as its last user left it.
    ///
    /// What the factory throws goes to the caller, and what it answers is given as it is.
    @SuppressWarnings({"unchecked", "NullAway"}) // the stash holds Ts only; without a factory T is nullable
    public T get() {
        Object item = stash.take();
        if (item != null) {
            return (T) item;
        }
        return factory == null ? (T) item : factory.get();
    }

    /// Gives an item back, or a new one in. Null is ignored. From here on it must not be used by the caller.
    public void put(@Nullable T item) {
        if (item != null) {
            stash.put(item);
        }
    }

    /// Forgets all items; answers how many. What is put meanwhile may stay.
    public int drain() {
        return drain(_ -> {});
    }

    /// Takes all items out and gives each to `consumer`; answers how many. What is put meanwhile may stay. When `consumer`
    /// throws, its item is out, those that it has not seen are still there, and the call ends with that.
    public int drain(Consumer<? super T> consumer) {
        Objects.requireNonNull(consumer, "consumer");
        return stash.drain(item -> {
            @SuppressWarnings("unchecked") // the stash holds Ts only
            T out = (T) item;
            consumer.accept(out);
        });
    }

    /// How it is now.
    public PoolSnapshot snapshot() {
        return new PoolSnapshot(stash.count());
    }

    /// For people, with about how many items it holds: `sync.Pool (5 items)`.
    @Override
    public String toString() {
        return "sync.Pool (" + stash.count() + " items)";
    }
}

package dev.millrace.examples;

import static java.time.Duration.ofMillis;

import dev.millrace.chan.Chan;
import dev.millrace.chan.ReceiveChan;
import dev.millrace.chan.SendChan;
import dev.millrace.context.Context;
import dev.millrace.group.TaskGroup;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Produce, map, reduce under one group: the profiles of all friends of a user.
final class Friends extends Example {
    Friends() {
        super("friends");
    }

    // region main
    @Override
    int play(Context ctx, PrintStream out, Options options) throws Exception {
        int fail = options.number("--fail", 0, 0, 20);
        var call = options.duration("--call", ofMillis(5));
        options.end();
        try {
            getFriends(ctx, 7, new Network(call, fail)).keySet().forEach(out::println);
            return 0;
        } catch (IOException e) {
            out.println(e.getMessage());
            out.println("all tasks have ended");
            return 1;
        }
    }
    // endregion

    // region get-friends
    private static final int WORKERS = 4;

    static Map<String, User> getFriends(Context ctx, int user, Network network) throws Exception {
        var byName = new TreeMap<String, User>();
        try (var group = TaskGroup.open(ctx)) {
            var ids = Chan.<Integer>unbuffered();
            group.go("produce", c -> produce(c, user, network, ids));

            var left = new AtomicInteger(WORKERS);
            var friends = Chan.<User>unbuffered();
            for (int i = 0; i < WORKERS; i++) {
                group.go("map", c -> map(c, user, network, ids, left, friends));
            }

            group.go("reduce", _ -> reduce(friends, byName));
            group.join(); // throws the first failure
        }
        return byName;
    }
    // endregion

    // region produce
    private static void produce(Context ctx, int user, Network network, SendChan<Integer> ids) throws IOException {
        try {
            var friends = network.friendIds(user);
            for (int id = friends.next(ctx); id != Network.END; id = friends.next(ctx)) {
                ids.send(ctx, id);
            }
        } catch (IOException e) {
            throw new IOException("GetFriendIds " + user + ": " + e.getMessage(), e);
        } finally {
            ids.close();
        }
    }
    // endregion

    // region map
    private static void map(Context ctx, int user, Network network, ReceiveChan<Integer> ids,
            AtomicInteger left, SendChan<User> friends) throws IOException {
        try {
            for (int id : ids) {
                friends.send(ctx, network.userProfile(ctx, id));
            }
        } catch (IOException e) {
            throw new IOException("GetUserProfile " + user + ": " + e.getMessage(), e);
        } finally {
            if (left.decrementAndGet() == 0) {
                friends.close(); // the last one out closes
            }
        }
    }
    // endregion

    // region reduce
    private static void reduce(ReceiveChan<User> friends, Map<String, User> byName) {
        for (var friend : friends) {
            byName.put(friend.name(), friend);
        }
    }
    // endregion

    /// What a profile says.
    record User(int id, String name) {}

    /// A network that is not there: user 7 has the friends 1 to 20.
    static class Network {
        static final int END = 0;

        private final Duration call;
        private final int fail;

        /// @param call how long each call takes
        /// @param fail the friend whose profile cannot be read, 0 for none; -1 fails the list of friends itself
        Network(Duration call, int fail) {
            this.call = call;
            this.fail = fail;
        }

        /// The friends of a user, one after the other.
        final class Ids {
            private int last;

            private Ids() {}

            /// The next id, [#END] after the last.
            int next(Context ctx) throws IOException {
                ctx.sleep(call);
                if (fail < 0 && last == 10) {
                    throw new IOException("connection lost");
                }
                return last == 20 ? END : ++last;
            }
        }

        Ids friendIds(int user) throws IOException {
            if (user != 7) {
                throw new IOException("no such user");
            }
            return new Ids();
        }

        User userProfile(Context ctx, int id) throws IOException {
            ctx.sleep(call);
            if (id == fail) {
                throw new IOException("no profile of " + id);
            }
            return new User(id, String.format("friend-%02d", id));
        }
    }
}

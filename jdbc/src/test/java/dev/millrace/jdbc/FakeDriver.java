package dev.millrace.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/// A driver whose every step the test decides: one connection, one statement, one result set.
final class FakeDriver {
    interface Part {
        Object run() throws Exception;
    }

    static final SQLException CUT = new SQLException("cut", "57014");

    Part connect = this::connection;
    Part execute = () -> true;
    Part cancel = () -> null;
    String url = "jdbc:fake:";

    /// What other methods do, by name. Those that are not here do nothing.
    final Map<String, Part> on = new ConcurrentHashMap<>();

    /// The names of the methods that were called, but for those that only ask.
    final List<String> calls = new CopyOnWriteArrayList<>();

    final CountDownLatch running = new CountDownLatch(1);
    final CountDownLatch aborted = new CountDownLatch(1);
    final AtomicInteger timeout = new AtomicInteger();
    final AtomicInteger cancels = new AtomicInteger();
    private volatile boolean autoCommit = true;

    final ResultSet rows = make(ResultSet.class, (_, method, _) -> other("rows.", method));
    private final PreparedStatement statement = make(PreparedStatement.class, (_, method, args) -> {
        switch (method.getName()) {
            case "execute" -> {
                running.countDown();
                return execute.run();
            }
            case "cancel" -> {
                cancels.incrementAndGet();
                return cancel.run();
            }
            case "setQueryTimeout" -> {
                timeout.set((Integer) args[0]);
                return null;
            }
            case "executeQuery" -> {
                other("", method);
                return rows;
            }
            default -> {
                return other("statement.", method);
            }
        }
    });
    private final Connection connection = make(Connection.class, (_, method, args) -> switch (method.getName()) {
        case "createStatement", "prepareStatement" -> {
            other("", method);
            yield statement;
        }
        case "unwrap" -> throw new SQLException("no unwrapping here");
        case "getMetaData" -> on.containsKey("getMetaData") ? other("", method)
                : make(DatabaseMetaData.class,
                        (_, asked, _) -> asked.getName().equals("getURL") ? url : other("", asked));
        case "getAutoCommit" -> autoCommit;
        case "setAutoCommit" -> {
            other("", method);
            autoCommit = (Boolean) args[0];
            calls.add("autoCommit " + autoCommit);
            yield null;
        }
        case "abort" -> {
            aborted.countDown();
            yield other("", method);
        }
        default -> other("", method);
    });

    private Object other(String of, java.lang.reflect.Method method) throws Exception {
        String name = of + method.getName();
        calls.add(name);
        Part part = on.get(name);
        if (part != null) {
            return part.run();
        }
        if (method.getReturnType() != void.class && method.getReturnType().isPrimitive()) {
            throw new AssertionError(name);
        }
        return null;
    }

    private static <T> T make(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(FakeDriver.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    Connection connection() {
        return connection;
    }

    DataSource source() {
        return make(DataSource.class, (_, _, _) -> connect.run());
    }
}

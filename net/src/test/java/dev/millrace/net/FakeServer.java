package dev.millrace.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// A socket that listens, whose every accept the test decides, and the selector that it waits with.
final class FakeServer extends ServerSocketChannel {
    interface Accept {
        @Nullable SocketChannel run() throws IOException;
    }

    final Waits selector = new Waits();
    volatile Accept accept = () -> null;

    FakeServer() {
        super(SelectorProvider.provider());
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        return accept.run();
    }

    @Override
    public SocketAddress getLocalAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public ServerSocketChannel bind(SocketAddress local, int backlog) {
        return this;
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) {
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public ServerSocket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}

    /// Waits until it is woken.
    static final class Waits extends AbstractSelector {
        private final Semaphore woken = new Semaphore(0);
        private final Set<SelectionKey> selected = new HashSet<>();

        Waits() {
            super(SelectorProvider.provider());
        }

        @Override
        public int select() {
            woken.acquireUninterruptibly();
            return 0;
        }

        @Override
        public Selector wakeup() {
            woken.release();
            return this;
        }

        @Override
        protected void implCloseSelector() {
            wakeup();
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return selected;
        }

        @Override
        protected SelectionKey register(AbstractSelectableChannel channel, int ops, @Nullable Object attachment) {
            return new AbstractSelectionKey() {
                @Override
                public AbstractSelectableChannel channel() {
                    return channel;
                }

                @Override
                public Selector selector() {
                    return Waits.this;
                }

                @Override
                public int interestOps() {
                    return ops;
                }

                @Override
                public SelectionKey interestOps(int newOps) {
                    return this;
                }

                @Override
                public int readyOps() {
                    return 0;
                }
            };
        }

        @Override
        public Set<SelectionKey> keys() {
            return Set.of();
        }

        @Override
        public int selectNow() {
            return 0;
        }

        @Override
        public int select(long timeout) {
            return select();
        }
    }
}

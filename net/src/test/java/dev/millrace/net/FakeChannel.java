package dev.millrace.net;

import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/// The channel of a [FakeSocket]; it only has that.
final class FakeChannel extends SocketChannel {
    private final FakeSocket socket;

    FakeChannel(FakeSocket socket) {
        super(SelectorProvider.provider());
        this.socket = socket;
    }

    @Override
    public Socket socket() {
        return socket;
    }

    private static UnsupportedOperationException not() {
        return new UnsupportedOperationException();
    }

    @Override
    public SocketChannel bind(SocketAddress local) {
        throw not();
    }

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) {
        throw not();
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw not();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        throw not();
    }

    @Override
    public SocketChannel shutdownInput() {
        throw not();
    }

    @Override
    public SocketChannel shutdownOutput() {
        throw not();
    }

    @Override
    public boolean isConnected() {
        throw not();
    }

    @Override
    public boolean isConnectionPending() {
        throw not();
    }

    @Override
    public boolean connect(SocketAddress remote) {
        throw not();
    }

    @Override
    public boolean finishConnect() {
        throw not();
    }

    @Override
    public SocketAddress getRemoteAddress() {
        throw not();
    }

    @Override
    public SocketAddress getLocalAddress() {
        throw not();
    }

    @Override
    public int read(ByteBuffer dst) {
        throw not();
    }

    @Override
    public long read(ByteBuffer[] dsts, int offset, int length) {
        throw not();
    }

    @Override
    public int write(ByteBuffer src) {
        throw not();
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) {
        throw not();
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}
}

package dev.millrace.chan;

/// The receive side of a channel that something fills, which hears at once when the channel is abandoned.
final class Leaving<T> extends ReceiveOnly<T> {
    private final Runnable atAbandon;

    Leaving(Chan<T> chan, Runnable atAbandon) {
        super(chan);
        this.atAbandon = atAbandon;
    }

    @Override
    public void abandon(String reason) {
        super.abandon(reason);
        atAbandon.run();
    }
}

package io.reelkeeper;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/// Lets an event loop hand a task to a virtual thread.
///
/// The pool that carries virtual threads spins for its lock when two submit at once, and BlockHound
/// takes `Thread.onSpinWait` for a wait: it threw in the middle of the hand-over, and the request
/// was never answered.
public final class SpinsAreNoWaits implements BlockHoundIntegration {

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside("java.util.concurrent.ForkJoinPool", "poolSubmit");
  }
}

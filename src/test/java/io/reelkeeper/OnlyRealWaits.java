package io.reelkeeper;

import java.util.Arrays;
import java.util.Set;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/// What counts as a wait of an event loop, and that nobody overlooks one.
///
/// A loop that hands a task to a virtual thread may spin, or park for some microseconds, for a lock
/// of the pool that carries virtual threads. An error thrown there loses the task, and its request
/// is never answered. So spins are no waits, and neither is anything inside that hand-over.
///
/// Nor is what happens once and never again: a static initialiser, which an error would break for
/// the rest of the process, and the reading of a page's template from the jar.
///
/// All else throws as BlockHound does by itself; the error is printed too, because the library that
/// it passes through may swallow it.
public final class OnlyRealWaits implements BlockHoundIntegration {

  private static final Set<String> SPINS = Set.of("onSpinWait", "yield0");

  private static final Set<String> ALLOWED_INSIDE =
      Set.of(
          "java.lang.VirtualThread",
          "java.util.concurrent.ForkJoinPool",
          "org.thymeleaf.engine.TemplateManager");

  private static boolean isAllowed(StackTraceElement frame) {
    return ALLOWED_INSIDE.contains(frame.getClassName())
        || frame.getMethodName().equals("<clinit>");
  }

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.blockingMethodCallback(
        method -> {
          if (SPINS.contains(method.getName())) {
            return;
          }
          var error = new BlockingOperationError(method);
          if (Arrays.stream(error.getStackTrace()).noneMatch(OnlyRealWaits::isAllowed)) {
            error.printStackTrace();
            throw error;
          }
        });
  }
}

/// Events for the business, written in the transaction that made them true, and told until taken.
@ApplicationModule(allowedDependencies = {"core", "outbound", "trail"})
@NullMarked
package io.reelkeeper.outbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

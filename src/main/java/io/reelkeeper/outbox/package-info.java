/// Events for the business, written in the transaction that made them true.
@ApplicationModule(allowedDependencies = {"core"})
@NullMarked
package io.reelkeeper.outbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

/// Ages, lags and skews that alerts are raised by, measured in the database for all replicas
/// together; reads everything, changes nothing.
@ApplicationModule(
    allowedDependencies = {"core", "session", "session :: limits", "session :: state", "outbox"})
@NullMarked
package io.reelkeeper.vitals;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

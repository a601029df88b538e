/// An Agora that runs here: REST, notifications, a bucket's files, faults on demand and a ledger of
/// what really ran.
@ApplicationModule(allowedDependencies = {"core"})
@NullMarked
package io.reelkeeper.sandbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

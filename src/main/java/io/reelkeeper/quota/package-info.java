/// Requests per second and concurrent workers of an App ID, shared by all replicas.
@ApplicationModule(allowedDependencies = {"core"})
@NullMarked
package io.reelkeeper.quota;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

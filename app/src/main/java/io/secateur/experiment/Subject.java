package io.secateur.experiment;

import io.secateur.format.ModelSource;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that a benchmark repairs.
 *
 * @param name in tables, unique in a plan
 * @param source its file
 * @param truth its ground truth; empty if it is clean
 */
public record Subject(String name, ModelSource source, Optional<Path> truth) {}

//! Outputs: a report in, bytes out. Renderers compute nothing.

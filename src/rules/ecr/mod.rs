//! R2: the coupling between the ECR registry's scanning configuration and Inspector.

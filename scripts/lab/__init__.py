# SPDX-License-Identifier: MIT
"""
What scripts/phone, the tests and the bench share: phones on disk, running phones, their traces.
"""

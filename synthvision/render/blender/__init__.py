"""Scene → linear light with Blender's Cycles. The only room that knows ``bpy``; everything in it is private to it but
``renderer.BlenderRenderer`` and ``devices``. Importing a module of this room imports Blender."""
